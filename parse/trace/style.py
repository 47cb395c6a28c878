"""How the banner and the marks of an opened page look, whatever the page's own styles say."""

from __future__ import annotations

STYLE = """
warchouse-room{all:initial!important;display:block!important;height:9em!important}
warchouse-trace{all:initial!important;display:block!important;position:fixed!important;
top:0!important;left:0!important;width:100%!important;max-width:100vw!important;z-index:2147483647!important;box-sizing:border-box!important;
max-height:45vh!important;overflow:auto!important;padding:8px 12px!important;
background:#fdf6e3!important;color:#222!important;border-bottom:2px solid #c0267e!important;
font:13px/1.45 system-ui,sans-serif!important;text-align:left!important;
overflow-wrap:anywhere!important}
warchouse-trace *{all:revert!important;font:inherit!important;color:inherit!important}
warchouse-trace warchouse-title{display:block!important;font-weight:700!important;
font-size:15px!important}
warchouse-trace warchouse-facts{display:block!important;font-size:12px!important;
color:#555!important}
warchouse-trace b{font-weight:600!important;color:#222!important}
warchouse-trace i{font-style:normal!important;color:#555!important;margin-right:8px!important}
warchouse-trace a{color:#9b1c66!important;text-decoration:underline!important}
warchouse-trace summary{cursor:pointer!important;color:#9b1c66!important}
warchouse-trace ul{columns:22em!important;margin:4px 0 0!important;padding:0 0 0 1.2em!important}
warchouse-trace li{break-inside:avoid!important}
:has([data-warchouse]){display:revert!important;visibility:visible!important;opacity:1!important;
overflow:visible!important;max-height:none!important;content-visibility:visible!important}
[data-warchouse]{display:revert!important;visibility:visible!important;opacity:1!important;
outline:3px solid #c0267e!important;outline-offset:1px!important;min-width:1em!important;
min-height:1em!important}
[data-warchouse],[id^=warchouse-]{scroll-margin:48vh 0 25vh!important}
[data-warchouse]:not([data-warchouse=""])::after,[data-warchouse-in]::after{
content:attr(data-warchouse)!important;display:inline-block!important;margin:0 4px!important;
padding:0 4px!important;background:#c0267e!important;color:#fff!important;
font:11px/1.5 ui-monospace,monospace!important;border-radius:2px!important;
max-width:90vw!important;white-space:normal!important;overflow-wrap:break-word!important;
text-align:left!important;text-indent:0!important;visibility:visible!important}
[data-warchouse-in]:not([data-warchouse])::after{content:attr(data-warchouse-in)!important}
[data-warchouse][data-warchouse-in]::after{
content:attr(data-warchouse) " \\b7  " attr(data-warchouse-in)!important}
""".replace("\n", "")
