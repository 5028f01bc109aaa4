"""The style sheet of the smoke page: light, or dark where the reader's system is dark.

Colours are named once and used by tables and pictures alike; blue is the mix, brown the control.
"""

CSS = """
:root { color-scheme: light dark; --ground: #ffffff; --panel: #f5f6f8; --ink: #1c2228;
  --soft: #5a646e; --rule: #dde1e6; --edge: #9aa4ae; --mix: #34517a; --control: #b5532a;
  --base: #7c8790; --exact: #0b6e4f; --nll: #8a4a1f; --better: #1d5fa8; --worse: #b3261e;
  --pass: #0b6e4f; --warn: #946200; --fail: #b3261e; --inconclusive: #5a646e; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181c; --panel: #1c2228; --ink: #e6eaee;
  --soft: #a0abb5; --rule: #303942; --edge: #66727e; --mix: #8fb4ec; --control: #f0a173;
  --base: #919da8; --exact: #5ccfa3; --nll: #e3a36f; --better: #7db5f5; --worse: #f58a82;
  --pass: #5ccfa3; --warn: #e5b94e; --fail: #f58a82; --inconclusive: #a0abb5; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 28px 24px 60px; max-width: 1180px; background: var(--ground);
  color: var(--ink); font: 15px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .2rem; overflow-wrap: anywhere; line-height: 1.25; }
h2 { font-size: 1.1rem; margin: 2.4rem 0 .5rem; }
p { margin: .4rem 0; max-width: 105ch; }
.about { color: var(--soft); }
.badge { display: inline-block; padding: .15rem .8rem; margin: .5rem 0; border-radius: 999px;
  border: 2px solid currentColor; font-weight: 650; font-size: 1.05rem; }
.pass { color: var(--pass); } .warn { color: var(--warn); } .fail { color: var(--fail); }
.inconclusive { color: var(--inconclusive); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .35rem .7rem .35rem 0; border-bottom: 1px solid var(--rule);
  vertical-align: top; }
th { font-weight: 600; color: var(--soft); font-size: .86rem; }
th small { display: block; font-weight: 400; white-space: nowrap; }
td.n, th.n { text-align: right; white-space: nowrap; }
td small { color: var(--soft); display: block; line-height: 1.35; }
td.name { overflow-wrap: anywhere; }
td.state { white-space: nowrap; font-weight: 650; }
td.strip { width: 240px; } td.strip svg { width: 230px; }
ul { padding-left: 1.2rem; margin: .4rem 0; overflow-wrap: anywhere; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 500px), 1fr));
  gap: 18px; }
.card { background: var(--panel); border-radius: 10px; padding: 14px 16px; min-width: 0; }
.card h3 { font-size: .95rem; margin: 0 0 .5rem; }
.plain { width: auto; } .plain td, .plain th { padding-right: 1.6rem; }
svg { display: block; width: 100%; height: auto; }
svg text { font-size: 12px; fill: var(--soft); font-variant-numeric: tabular-nums; stroke: none; }
svg text.ink, svg text.cell { fill: var(--ink); } svg text.strong { font-weight: 600; }
svg text.cell { font-size: 11.5px; } svg text.full { fill: var(--ground); }
@media (prefers-color-scheme: dark) { svg text.half { fill: var(--ground); } }
.frame { fill: none; stroke: var(--edge); stroke-width: .8; }
.rule { stroke: var(--rule); } .zero { stroke: var(--edge); }
.bracket { stroke: var(--edge); stroke-width: 3; }
.none { fill: none; stroke: var(--edge); stroke-dasharray: 2 3; }
.heat.exact { fill: var(--exact); } .heat.nll { fill: var(--nll); }
.heat.better { fill: var(--better); } .heat.worse { fill: var(--worse); }
.line, .cap { fill: none; stroke-width: 2; stroke-linejoin: round; }
.line.thin { stroke-width: 1.4; }
.mix { stroke: var(--mix); } .control { stroke: var(--control); } .base { stroke: var(--base); }
.line.control { stroke-dasharray: 6 4; }
.uniform { stroke: var(--base); } .line.uniform { stroke-dasharray: 1 4; stroke-width: 2.2; }
.dot { stroke: var(--panel); stroke-width: 1; }
.dot.mix { fill: var(--mix); } .dot.control { fill: var(--control); }
.zone { fill: currentColor; fill-opacity: .22; } .zone.pass { fill-opacity: .16; }
.zone.fail { fill-opacity: .3; }
.median { stroke: var(--ink); stroke-width: 2.4; }
footer { margin-top: 2.4rem; color: var(--soft); font-size: .86rem; }
"""
