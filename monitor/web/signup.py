# SPDX-License-Identifier: Apache-2.0
"""Pages for anybody: subscribe, confirm, have one's links sent.

Rules of this file: an answer to who typed an address is the same whoever's it is; looking at a page
changes nothing, so that programs which open every link of a mail do no harm.
"""

from __future__ import annotations

from datetime import datetime

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from monitor.core.mailboxes import LONGEST_ADDRESS
from monitor.core.members import Preferences, Scope
from monitor.core.wishes import Form, field, read_wishes
from monitor.core.words import Words
from monitor.locales import shipped_words
from monitor.membership import Answer
from monitor.web.choices import choices, wishes_facts, wishes_view
from monitor.web.desk import Desk
from monitor.web.forms import read_form
from monitor.web.pages import open_page, page, words_for

_NO_ADDRESS = "This is not an address that mail can be sent to."


def signup_routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of these pages."""
    pages = _Signup(desk)
    return [
        Route("/subscribe", pages.form, methods=["GET"]),
        Route("/subscribe", pages.subscribe, methods=["POST"]),
        Route("/sent", pages.sent, methods=["GET"]),
        Route("/links", pages.links_form, methods=["GET"]),
        Route("/links", pages.links, methods=["POST"]),
        Route("/confirm/{token}", pages.ask, methods=["GET"]),
        Route("/confirm", pages.confirm, methods=["POST"]),
    ]


class _Signup:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # --- subscribe ---------------------------------------------------------------------------

    async def form(self, request: Request) -> Response:
        words = words_for(request)
        return self._form(words, Preferences(language=words.language), "", {}, 200)

    def _form(
        self, words: Words, wishes: Preferences, address: str, mistakes: dict[str, str], status: int
    ) -> Response:
        offered = choices(self._desk.site())
        if not offered.rules:
            return page(
                "told.html",
                words,
                base=self._desk.base,
                status=status,
                title=words("Nobody can subscribe here"),
                lines=[words("Ask those who run this site.")],
                ways=[],
            )
        return open_page(
            "subscribe.html",
            words,
            base=self._desk.base,
            status=status,
            switch="/subscribe",
            address=address,
            view=wishes_view(wishes, offered, words, mistakes),
        )

    async def subscribe(self, request: Request) -> Response:
        form = await read_form(request)
        offered = choices(self._desk.site())
        read = read_wishes(form, offered)
        words = words_for(request, read.preferences.language)
        address, mistakes = _typed_address(form), dict(read.mistakes)
        if not offered.rules:
            return self._form(words, read.preferences, "", {}, 403)
        if mistakes:
            return self._form(words, read.preferences, address, mistakes, 422)
        answer = await self._desk.do(
            self._desk.membership.ask,
            address,
            read.preferences,
            self._desk.client(request),
            self._desk.clock.now(),
        )
        if answer is Answer.NO_ADDRESS:
            return self._form(words, read.preferences, address, {"address": _NO_ADDRESS}, 422)
        return self._answered(request, answer, words)

    def _answered(self, request: Request, answer: Answer, words: Words) -> Response:
        if answer is Answer.TOO_OFTEN:
            lines = ["Please try again tomorrow."]
            return self._desk.told(request, 429, "Too many requests", lines, words=words)
        return RedirectResponse(f"{self._desk.base}/sent?lang={words.language}", 303)

    async def sent(self, request: Request) -> Response:
        lines = [
            "If mail can be sent to this address, one is on its way.",
            "Nothing came? Look into the folder for unwanted mail, or try again tomorrow.",
        ]
        return self._desk.told(request, 200, "Look into your mailbox", lines)

    # --- links -------------------------------------------------------------------------------

    async def links_form(self, request: Request) -> Response:
        return self._links_form(words_for(request), "", "", 200)

    def _links_form(self, words: Words, address: str, mistake: str, status: int) -> Response:
        return open_page(
            "links.html",
            words,
            base=self._desk.base,
            status=status,
            switch="/links",
            address=address,
            mistake=words(mistake) if mistake else "",
        )

    async def links(self, request: Request) -> Response:
        form = await read_form(request)
        words, address = words_for(request, field(form, "language")), _typed_address(form)
        answer = await self._desk.do(
            self._desk.membership.ask_for_links,
            address,
            self._desk.client(request),
            self._desk.clock.now(),
        )
        if answer is Answer.NO_ADDRESS:
            return self._links_form(words, address, _NO_ADDRESS, 422)
        return self._answered(request, answer, words)

    # --- confirm -----------------------------------------------------------------------------

    async def ask(self, request: Request) -> Response:
        token = request.path_params["token"]
        grant = await self._desk.grant(request, token, Scope.CONFIRM)
        if grant is None or (grant.request is None and grant.used is None):
            return self._desk.refused(request)
        if grant.request is None:
            return self._desk.told(
                request, 200, "This was confirmed already", ["Nothing more is to be done."]
            )
        wishes = grant.request.preferences
        words = words_for(request, wishes.language)
        return page(
            "act.html",
            words,
            base=self._desk.base,
            title=words("Confirm your subscription"),
            lines=[words("Alerts will be sent to {address}.", address=grant.request.address)],
            facts=wishes_facts(wishes, choices(self._desk.site()), words),
            action="/confirm",
            token=token,
            button=words("Confirm the subscription"),
            danger=False,
            hint=words("If this was not you, close this page: nothing is sent then."),
        )

    async def confirm(self, request: Request) -> Response:
        form = await read_form(request)
        token, now = field(form, "token"), self._desk.clock.now()
        if await self._desk.grant(request, token, Scope.CONFIRM) is None:
            return self._desk.refused(request)
        done = await self._desk.do(self._confirmed, token, now)
        if done is None:
            return self._desk.refused(request)
        words, manage = done
        return page(
            "told.html",
            words,
            base=self._desk.base,
            title=words("You are subscribed"),
            lines=[words("You hear of the next new figure. Every mail has a link to leave.")],
            ways=[(words("Change my preferences"), f"/manage/{manage}")],
        )

    def _confirmed(self, token: str, now: datetime) -> tuple[Words, str] | None:
        """Enter who confirms; return their language and the token of their preferences."""
        desk = self._desk
        member = desk.membership.confirm(token, now)
        if member is None:
            return None
        mailbox = desk.audience.key.mailbox(member.address)
        manage = desk.audience.mint(Scope.MANAGE, member.id, mailbox, "", now)
        known = shipped_words()
        return known.get(member.preferences.language, known["en"]), manage


def _typed_address(form: Form) -> str:
    # What is too long to be an address is too long to be shown again.
    return field(form, "address")[: LONGEST_ADDRESS + 1]
