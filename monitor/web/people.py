# SPDX-License-Identifier: Apache-2.0
"""Pages that belong to one reader: preferences, leaving, being deleted, judging an alert.

Rules of this file: the link is the login, and opens one thing; looking changes nothing, a POST does;
a POST that comes twice does it once. Mailbox providers leave for a reader by RFC 8058: a POST to the
link itself, whatever its body.
"""

from __future__ import annotations

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from monitor.core.headlines import alert_title
from monitor.core.mailboxes import masked
from monitor.core.members import Grant, Preferences, Scope
from monitor.core.opinions import OPINION_WORDS, Opinion
from monitor.core.wishes import field, read_wishes
from monitor.core.words import Words
from monitor.locales import shipped_words
from monitor.web.choices import Option, choices, wishes_view
from monitor.web.desk import Desk
from monitor.web.forms import read_body, read_form
from monitor.web.pages import page, words_for


def people_routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of these pages."""
    pages = _People(desk)
    return [
        Route("/manage/{token}", pages.preferences, methods=["GET"]),
        Route("/manage", pages.change, methods=["POST"]),
        Route("/manage/delete", pages.ask_to_delete, methods=["POST"]),
        Route("/u/{token}", pages.leaving, methods=["GET"]),
        Route("/u/{token}", pages.leave, methods=["POST"]),
        Route("/delete/{token}", pages.deleting, methods=["GET"]),
        Route("/delete", pages.delete, methods=["POST"]),
        Route("/feedback/{token}", pages.asking, methods=["GET"]),
        Route("/feedback", pages.judge, methods=["POST"]),
    ]


class _People:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def _words(self, request: Request, grant: Grant) -> Words:
        member = await self._desk.do(self._desk.membership.member_of, grant)
        return words_for(request, member.preferences.language if member is not None else None)

    # --- preferences -------------------------------------------------------------------------

    async def preferences(self, request: Request) -> Response:
        token = request.path_params["token"]
        grant = await self._desk.grant(request, token, Scope.MANAGE)
        if grant is None:
            return self._desk.refused(request)
        return await self._preferences(request, token, grant)

    async def _preferences(
        self,
        request: Request,
        token: str,
        grant: Grant,
        wishes: Preferences | None = None,
        mistakes: dict[str, str] | None = None,
    ) -> Response:
        """Show what is stored, or what was typed with its mistakes; without those it was saved."""
        member = await self._desk.do(self._desk.membership.member_of, grant)
        if member is None:
            return self._desk.refused(request)
        shown = wishes or member.preferences
        known = shipped_words()
        words = known.get(shown.language, known["en"])
        leave = await self._desk.do(self._unsubscribe_token, grant, self._desk.clock.now())
        return page(
            "manage.html",
            words,
            base=self._desk.base,
            status=422 if mistakes else 200,
            token=token,
            leave=leave,
            address=masked(member.address),
            saved=wishes is not None and not mistakes,
            view=wishes_view(shown, choices(self._desk.site()), words, mistakes or {}),
        )

    def _unsubscribe_token(self, grant: Grant, now: datetime) -> str:
        return self._desk.audience.mint(Scope.UNSUBSCRIBE, grant.member, grant.mailbox, "", now)

    async def change(self, request: Request) -> Response:
        form = await read_form(request)
        token = field(form, "token")
        grant = await self._desk.grant(request, token, Scope.MANAGE)
        if grant is None:
            return self._desk.refused(request)
        read = read_wishes(form, choices(self._desk.site()))
        if not read.mistakes:
            now = self._desk.clock.now()
            await self._desk.do(self._desk.membership.change, token, read.preferences, now)
        return await self._preferences(request, token, grant, read.preferences, dict(read.mistakes))

    async def ask_to_delete(self, request: Request) -> Response:
        form = await read_form(request)
        token = field(form, "token")
        grant = await self._desk.grant(request, token, Scope.MANAGE)
        if grant is None:
            return self._desk.refused(request)
        words = await self._words(request, grant)
        done = await self._desk.do(
            self._desk.membership.ask_to_erase, token, self._desk.clock.now()
        )
        if not done:
            return self._desk.refused(request)
        lines = ["You got a mail with a link that deletes all that is stored about you."]
        return self._desk.told(request, 200, "Look into your mailbox", lines, words=words)

    # --- leaving -----------------------------------------------------------------------------

    async def leaving(self, request: Request) -> Response:
        token = request.path_params["token"]
        grant = await self._desk.grant(request, token, Scope.UNSUBSCRIBE)
        if grant is None:
            return self._desk.refused(request)
        words = await self._words(request, grant)
        return page(
            "act.html",
            words,
            base=self._desk.base,
            title=words("Unsubscribe?"),
            lines=[words("Nothing more is sent to you, and what is stored about you is deleted.")],
            facts=[],
            action=f"/u/{token}",
            token=token,
            button=words("Unsubscribe"),
            danger=False,
            hint="",
        )

    async def leave(self, request: Request) -> Response:
        await read_body(request)
        token = request.path_params["token"]
        words = words_for(request)
        grant = await self._desk.grant(request, token, Scope.UNSUBSCRIBE)
        if grant is None:
            return self._desk.refused(request)
        words = await self._words(request, grant)
        operators = await self._desk.do(self._desk.operators)
        await self._desk.do(self._desk.membership.leave, token, self._desk.clock.now(), operators)
        lines = ["Nothing more is sent to you. A mail that is under way may still arrive."]
        return self._desk.told(request, 200, "You are unsubscribed", lines, words=words)

    # --- being deleted -----------------------------------------------------------------------

    async def deleting(self, request: Request) -> Response:
        token = request.path_params["token"]
        grant = await self._desk.grant(request, token, Scope.DELETE)
        if grant is None:
            return self._desk.refused(request)
        words = await self._words(request, grant)
        return page(
            "act.html",
            words,
            base=self._desk.base,
            title=words("Delete what is stored about you?"),
            lines=[
                words("Your address, your preferences and every mail to you are deleted."),
                words(
                    "A hash of the address is kept, so that nobody signs it up against your will."
                ),
            ],
            facts=[],
            action="/delete",
            token=token,
            button=words("Delete me"),
            danger=True,
            hint="",
        )

    async def delete(self, request: Request) -> Response:
        form = await read_form(request)
        token = field(form, "token")
        grant = await self._desk.grant(request, token, Scope.DELETE)
        if grant is None:
            return self._desk.refused(request)
        words = await self._words(request, grant)
        await self._desk.do(self._desk.membership.erase, token, self._desk.clock.now())
        lines = ["A mail that is under way may still arrive. Nothing comes after it."]
        return self._desk.told(request, 200, "You are deleted", lines, words=words)

    # --- judging an alert --------------------------------------------------------------------

    async def asking(self, request: Request) -> Response:
        token = request.path_params["token"]
        grant = await self._desk.grant(request, token, Scope.FEEDBACK)
        if grant is None:
            return self._desk.refused(request)
        wanted = request.query_params.get("say", "")
        return await self._feedback(request, token, grant, wanted, said=False)

    async def _feedback(
        self, request: Request, token: str, grant: Grant, wanted: str, *, said: bool
    ) -> Response:
        alert = await self._desk.do(self._desk.membership.alert_of, grant)
        if alert is None:
            return self._desk.refused(request)
        words = await self._words(request, grant)
        gazetteer = self._desk.site().knowledge.gazetteer
        return page(
            "feedback.html",
            words,
            base=self._desk.base,
            summary=words.figures(alert_title(alert, gazetteer)),
            token=token,
            said=words(OPINION_WORDS[Opinion(wanted)]) if said else "",
            options=[
                Option(row, words(name), row == wanted) for row, name in OPINION_WORDS.items()
            ],
        )

    async def judge(self, request: Request) -> Response:
        form = await read_form(request)
        token, opinion = field(form, "token"), field(form, "opinion")
        grant = await self._desk.grant(request, token, Scope.FEEDBACK)
        if grant is None or opinion not in tuple(Opinion):
            return self._desk.refused(request)
        await self._desk.do(
            self._desk.membership.judge, token, Opinion(opinion), self._desk.clock.now()
        )
        return await self._feedback(request, token, grant, opinion, said=True)
