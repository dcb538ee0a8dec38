# SPDX-License-Identifier: Apache-2.0
"""The HTML template of a mail, as a constant: the core opens no files.

What it is not: words or layout decisions, which `render` makes. Rules of this file: autoescape is
on and nothing is marked safe; no remote content, no script, no image but one that the mail itself carries; every colour of the light
scheme stands inline (mail programs that drop the style sheet still look right) and every colour of
the dark scheme in the style sheet; one column, so that 320 pixels are enough; tables are real ones.
"""

from __future__ import annotations

MAIL_HTML = """\
{% macro link(url) %}<a href="{{ url }}" rel="noopener noreferrer nofollow" class="l" \
style="color:#0b57d0">{{ caller() }}</a>{% endmacro -%}
<!doctype html>
<html lang="{{ t.language }}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>{{ mail.subject }}</title>
<style>
:root { color-scheme: light dark; }
table { border-collapse: collapse; }
@media (max-width: 480px) {
  .p { padding-left: 16px !important; padding-right: 16px !important; }
  .h { font-size: 26px !important; }
  .o { padding: 0 !important; }
}
@media (prefers-color-scheme: dark) {
  .b { background: #121417 !important; color: #e6e8eb !important; }
  .c { background: #1b1e23 !important; border-color: #33383f !important; }
  .t { color: #e6e8eb !important; }
  .m { color: #a0a7b1 !important; }
  .l { color: #8ab4f8 !important; }
  .q { border-color: #d9a400 !important; }
  .k { background: #6b5200 !important; color: #ffffff !important; }
  .g { background: #0f5132 !important; color: #d1f5e0 !important; }
  .r { border-color: #33383f !important; }
  .n { background: #23272e !important; }
  .a { background: #4f8ef7 !important; }
  .z { background: #59616c !important; }
  .x { background: #5c1a1a !important; color: #ffe3e3 !important; }
}
</style>
</head>
<body class="b" style="margin:0;padding:0;background:#f3f4f6;color:#16191d;\
font-family:-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;\
font-size:16px;line-height:1.5;-webkit-text-size-adjust:100%">
<div style="display:none;max-height:0;overflow:hidden;font-size:1px;line-height:1px">\
{{ mail.preview }}</div>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0">
<tr><td class="o" align="center" style="padding:16px 8px">
<table role="presentation" class="c" width="100%" cellpadding="0" cellspacing="0" \
style="max-width:600px;background:#ffffff;border:1px solid #dfe2e6;text-align:left">
{% if mail.test %}
<tr><td class="p x" style="padding:10px 24px;background:#fde2e2;color:#7a1212;font-weight:600">
{{ mail.test }}</td></tr>
{% endif %}
{% if mail.heading %}
<tr><td class="p m" style="padding:16px 24px 0;color:#5b636e;font-size:14px;font-weight:600">\
{{ mail.heading }}</td></tr>
{% endif %}
{% if mail.overview %}
<tr><td class="p" style="padding:20px 24px 0">
<p class="t" style="margin:0;font-size:19px;line-height:1.3;font-weight:600;color:#16191d">\
{{ mail.overview }}</p>
</td></tr>
{% endif %}
{% for alert in mail.alerts %}
<tr><td class="p r" style="padding:20px 24px 4px\
{% if not loop.first %};border-top:1px solid #dfe2e6{% endif %}">
<span class="g" style="display:inline-block;padding:1px 9px;background:#d7f2e3;color:#0b4a2c;\
font-size:13px;font-weight:600">{{ alert.badge }}</span>
{% if alert.figure %}
<p class="t" style="margin:10px 0 0;font-size:17px;line-height:1.3;font-weight:600;color:#16191d">\
{{ alert.figure.what }}</p>
<h1 class="h t" style="margin:2px 0 0;font-size:{{ 25 if mail.overview else 30 }}px;line-height:1.25;\
color:#16191d">\
{% if alert.figure.old %}<span class="m" style="white-space:nowrap;color:#5b636e;font-weight:400">\
{{ alert.figure.old | typeset }} &rarr;</span> {% endif %}\
<span style="white-space:nowrap">{{ alert.figure.new | typeset }}</span></h1>
{% if alert.figure.note or alert.figure.change %}
<p class="t" style="margin:2px 0 0;font-weight:600;color:#16191d">\
{{ alert.figure.change }}{{ ", " if alert.figure.change and alert.figure.note }}\
{{ alert.figure.note }}</p>
{% endif %}
{% else %}
<h1 class="t" style="margin:8px 0 0;font-size:22px;line-height:1.3;color:#16191d;\
overflow-wrap:anywhere">\
{% if alert.link and alert.headline == alert.title %}\
{% call link(alert.link) %}{{ alert.headline }}{% endcall %}\
{% else %}{{ alert.headline }}{% endif %}</h1>
{% endif %}
{% for line in (alert.said, alert.before, alert.steps) if line %}
<p class="m" style="margin:4px 0 0;color:#5b636e">{{ line }}</p>
{% endfor %}
{% if alert.quote %}
<blockquote class="q t" style="margin:16px 0 0;padding:2px 0 2px 14px;border-left:4px solid #f2b705;\
font-size:17px;color:#16191d">{{ alert.quote.before }}\
{% if alert.quote.figure %}<mark class="k" style="background:#ffe799;color:#16191d;\
padding:0 3px;font-weight:700">{{ alert.quote.figure }}</mark>{% endif %}\
{{ alert.quote.after }}</blockquote>
{% endif %}
{% if alert.byline %}
<p style="margin:12px 0 0;overflow-wrap:anywhere">\
{% if alert.headline != alert.title and alert.link %}\
{% call link(alert.link) %}{{ alert.title }}{% endcall %}<br>
{% elif alert.headline != alert.title %}<span class="t" style="color:#16191d">{{ alert.title }}</span><br>
{% endif %}
<span class="m" style="color:#5b636e;font-size:14px">{{ alert.byline }}</span></p>
{% endif %}
{% if mail.chart %}
<img src="cid:{{ mail.chart }}" width="420" alt="{{ t("{title}, as a chart; the table below says the same", \
title=alert.ladder_title) }}" style="display:block;width:100%;max-width:552px;height:auto;margin:18px 0 0;border:0">
{% endif %}
{% if alert.ladder %}
<table width="100%" cellpadding="0" cellspacing="0" style="margin:18px 0 0;font-size:15px">
<caption class="m" style="text-align:left;padding-bottom:4px;color:#5b636e;font-size:13px">\
{{ alert.ladder_title }}</caption>
{% for rung in alert.ladder %}
<tr{% if rung.now %} class="n" style="background:#f6f7f9"{% endif %}>
<td class="r t" style="padding:7px 10px 7px 8px;border-top:1px solid #e6e8eb;color:#16191d;\
vertical-align:top">{% if rung.now %}<strong>{{ rung.who }}</strong>{% else %}{{ rung.who }}\
{% endif %}<br>
<span class="m" style="color:#5b636e;font-size:13px">{{ rung.when }}</span></td>
<td class="r t" align="right" style="padding:7px 8px 7px 0;border-top:1px solid #e6e8eb;\
color:#16191d;vertical-align:top;width:44%">\
{% if rung.now %}<strong>{{ rung.value | typeset }}</strong>{% else %}{{ rung.value | typeset }}{% endif %}
{% if rung.percent %}
<div class="{{ 'a' if rung.now else 'z' }}" style="height:5px;margin:5px 0 3px auto;\
width:{{ rung.percent }}%;background:{{ '#1a66e0' if rung.now else '#b9c0c9' }};\
font-size:0;line-height:0">&nbsp;</div>
{% endif %}
</td></tr>
{% endfor %}
</table>
{% if alert.ladder_rest %}
<p class="m" style="margin:4px 0 0;color:#5b636e;font-size:13px">{{ alert.ladder_rest }}</p>
{% endif %}
{% endif %}
<p class="m" style="margin:14px 0 16px;color:#5b636e;font-size:14px">\
{% for fact in alert.facts %}{{ fact }}{% if not loop.last %}<br>
{% endif %}{% endfor %}</p>
{% if alert.feedback %}
<p class="m" style="margin:0 0 16px;color:#5b636e;font-size:14px">{{ t("Was this worth a message?") }}
{% for word, name in opinions %}
{% call link(alert.feedback ~ "?say=" ~ word) %}{{ name }}{% endcall %}\
{{ " · " if not loop.last }}
{% endfor %}
</p>
{% endif %}
</td></tr>
{% endfor %}
{% if mail.notes %}
<tr><td class="p r t" style="padding:14px 24px;border-top:1px solid #dfe2e6;color:#16191d;\
font-size:15px;overflow-wrap:anywhere">\
{% for line in mail.notes %}{{ line }}{% if not loop.last %}<br>
{% endif %}{% endfor %}</td></tr>
{% endif %}
<tr><td class="p r m" style="padding:12px 24px 16px;border-top:1px solid #dfe2e6;color:#5b636e;\
font-size:13px">
<strong>{{ t("Why you got this:") }}</strong> {{ mail.why }}<br>
{% for line in mail.footer %}{{ line }}{% if not loop.last %}<br>
{% endif %}{% endfor %}
{% if mail.manage or mail.unsubscribe %}<br>
{% if mail.manage %}{% call link(mail.manage) %}{{ t("Preferences") }}{% endcall %}
{{ " · " if mail.unsubscribe }}{% endif %}
{% if mail.unsubscribe %}{% call link(mail.unsubscribe) %}{{ t("Unsubscribe") }}{% endcall %}
{% endif %}
{% endif %}
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
"""
