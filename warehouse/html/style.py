"""The one style sheet of all reports: light, dark, phone and paper."""

from __future__ import annotations

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #fbfbfa; --card: #ffffff; --ink: #1d2328; --soft: #5b6670; --line: #dfe3e6;
  --track: #eceff1; --link: #175ea8;
  --s1: #2f6fb0; --s2: #178a78; --s3: #d07a1f; --s4: #8a5aa8; --s5: #b8443f; --s6: #7b8791;
  --good: #17805f; --bad: #bb3a36; --warn: #9a6200; --change: #2f6fb0; --muted: #77828c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181b; --card: #1b2024; --ink: #e4e8ea; --soft: #9ba7b0; --line: #323a40;
    --track: #2a3136; --link: #7db6ee;
    --s1: #6aa9e9; --s2: #45b8a4; --s3: #e79a4a; --s4: #b58fd2; --s5: #e57f78; --s6: #94a0aa;
    --good: #4fc08f; --bad: #ee857f; --warn: #e0aa4b; --change: #6aa9e9; --muted: #8b97a1;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  overflow-wrap: anywhere;
}
main { max-width: 1080px; margin: 0 auto; padding: 32px 24px 64px; }
header { border-bottom: 1px solid var(--line); margin-bottom: 20px; padding-bottom: 14px; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0; letter-spacing: -0.01em; }
header p { margin: 6px 0 0; color: var(--soft); }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 44px 0 10px; scroll-margin-top: 12px; }
h3 { font-size: 1.02rem; margin: 26px 0 8px; scroll-margin-top: 12px; }
p { margin: 8px 0; max-width: 75ch; }
a { color: var(--link); text-underline-offset: 2px; }
code { font: 0.9em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code, td, .name { unicode-bidi: isolate; }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 18px; list-style: none; margin: 0; padding: 0; }
nav { font-size: 0.92rem; margin-bottom: 20px; }
.note {
  border-left: 4px solid currentColor; border-radius: 4px; background: var(--card);
  padding: 10px 14px; margin: 10px 0; max-width: none; font-weight: 600;
}
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(132px, 1fr)); gap: 12px; }
.facts > div {
  background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px;
}
dl, dd { margin: 0; }
dt, dd { color: var(--soft); font-size: 0.85rem; }
.figure { color: inherit; font-size: 1.5rem; line-height: 1.3; font-weight: 650; }
.facts > .t-plain .figure { color: var(--ink); }
figure {
  background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  margin: 14px 0; padding: 14px 16px 16px; break-inside: avoid;
}
figcaption { font-weight: 650; margin-bottom: 6px; }
.legend {
  display: flex; flex-wrap: wrap; gap: 2px 16px; list-style: none; margin: 0 0 10px; padding: 0;
  font-size: 0.85rem; color: var(--soft);
}
.legend svg { margin-right: 6px; vertical-align: -1px; }
.key { font-size: 0.85rem; color: var(--soft); margin: 0 0 10px; }
.bars {
  display: grid; grid-template-columns: fit-content(38%) 1fr fit-content(32%); gap: 7px 14px;
}
.row { display: grid; grid-column: 1 / -1; grid-template-columns: subgrid; align-items: center; }
.row svg { overflow: visible; display: block; }
.name, .value { font-size: 0.88rem; line-height: 1.3; }
.value { color: var(--soft); text-align: right; font-variant-numeric: tabular-nums; }
.frame { padding: 14px 8px 26px 52px; }
.frame svg { overflow: visible; display: block; }
svg text { fill: var(--soft); font-size: 12px; }
.track { fill: var(--track); }
.grid { stroke: var(--line); stroke-width: 1; }
.stroke { stroke-width: 2; stroke-linecap: round; }
.way { stroke-width: 3; }
circle.ring { fill: var(--card); stroke-width: 2; }
.reach { fill: transparent; stroke: none; }
line.reach { stroke: transparent; stroke-width: 16; }
.flag line:not(.reach) { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 4 3; }
.flag circle { fill: var(--bad); }
svg .s1 { fill: var(--s1); stroke: var(--s1); } svg .s2 { fill: var(--s2); stroke: var(--s2); }
svg .s3 { fill: var(--s3); stroke: var(--s3); } svg .s4 { fill: var(--s4); stroke: var(--s4); }
svg .s5 { fill: var(--s5); stroke: var(--s5); } svg .s6 { fill: var(--s6); stroke: var(--s6); }
svg .t-good { fill: var(--good); stroke: var(--good); }
svg .t-bad { fill: var(--bad); stroke: var(--bad); }
svg .t-warn { fill: var(--warn); stroke: var(--warn); }
svg .t-change { fill: var(--change); stroke: var(--change); }
svg .t-muted { fill: var(--muted); stroke: var(--muted); }
svg rect { stroke: none !important; }
svg circle.ring { fill: var(--card); }
.t-good { color: var(--good); } .t-bad { color: var(--bad); } .t-warn { color: var(--warn); }
.t-change { color: var(--change); } .t-muted { color: var(--muted); }
.box {
  overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px;
  margin: 10px 0; overflow-wrap: normal;
}
.box:focus-visible, summary:focus-visible, a:focus-visible {
  outline: 2px solid var(--link); outline-offset: 2px;
}
table { border-collapse: collapse; width: 100%; font-size: 0.88rem; }
caption { text-align: left; padding: 10px 14px 2px; font-weight: 650; }
th, td { text-align: left; padding: 6px 14px; vertical-align: top; }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
td { border-top: 1px solid var(--line); }
td.long { min-width: 28ch; overflow-wrap: anywhere; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
details { border: 1px solid var(--line); border-radius: 8px; margin: 10px 0; padding: 0 14px; }
summary { cursor: pointer; padding: 9px 0; font-weight: 600; }
details[open] { padding-bottom: 8px; }
@media (max-width: 640px) {
  main { padding: 20px 14px 48px; }
  h1 { font-size: 1.4rem; }
  .bars { grid-template-columns: minmax(0, 1fr) fit-content(55%); gap: 12px; }
  .row { row-gap: 3px; }
  .row svg { grid-row: 2; grid-column: 1 / -1; }
  .facts { grid-template-columns: repeat(auto-fit, minmax(104px, 1fr)); gap: 8px; }
  .frame { padding-left: 40px; padding-right: 2px; }
  svg text.wide { display: none; }
  th, td { padding: 6px 10px; }
}
@media print {
  :root { color-scheme: light; --paper: #fff; }
  body { font-size: 11pt; }
  main { max-width: none; padding: 0; }
  nav { display: none; }
  .box { overflow: visible; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  h2, h3 { break-after: avoid; }
  tr, .facts > div { break-inside: avoid; }
}
"""
