// How charts and their tables look. Colours are told apart by the colour-blind, have a contrast of 4.5:1
// to the page in both schemes, and are never all that tells two things apart.

export const CHART_STYLE = `
:root { --resolution: #005a9c; --handoff: #a83f00; --recontact: #4d4d4d; --level: #d5d5d5; --part: #eeeeee; --sessions: #5b6b7a; }
@media (prefers-color-scheme: dark) {
:root { --resolution: #6cb4f5; --handoff: #ff9d5c; --recontact: #c9c9c9; --level: #3d3d3d; --part: #262626; --sessions: #93a4b5; }
}
@media (forced-colors: active) {
:root { --resolution: CanvasText; --handoff: CanvasText; --recontact: CanvasText; --quiet: CanvasText; --level: GrayText; --part: Canvas; --sessions: CanvasText; }
.partial, .track { stroke: GrayText; }
}
body { max-width: 64rem; }
h2 { margin: 1.5rem 0 0.25rem; }
h3 { margin: 0; overflow-wrap: anywhere; }
figure { margin: 0; }
.links { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; margin: 0.5rem 0; padding: 0; list-style: none; }
.links li { min-height: 1.5rem; }
[aria-current] { font-weight: 600; color: inherit; text-decoration: none; }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; margin: 0.5rem 0 1.25rem; padding: 0; list-style: none; font-size: 0.9rem; }
.swatch { vertical-align: -0.1em; overflow: visible; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; vector-effect: non-scaling-stroke; }
.line.handoff { stroke-dasharray: 8 4; }
.line.recontact { stroke-dasharray: 2 3; }
.line.dense { stroke-width: 1; stroke-dasharray: none; }
.line.resolution { stroke: var(--resolution); }
.line.handoff { stroke: var(--handoff); }
.line.recontact { stroke: var(--recontact); }
.mark.resolution, .end.resolution, .fill.resolution { fill: var(--resolution); }
.mark.handoff, .end.handoff, .fill.handoff { fill: var(--handoff); }
.mark.recontact, .end.recontact, .fill.recontact { fill: var(--recontact); }
.fill.sessions, .column { fill: var(--sessions); }
.mark { stroke: Canvas; stroke-width: 1; }
.level { stroke: var(--level); }
.partial { fill: var(--part); }
.plot { display: block; overflow: visible; }
.plot text { font-size: 0.8rem; fill: var(--quiet); }
.plot .end { font-weight: 600; }
.scale { paint-order: stroke; stroke: Canvas; stroke-width: 3; }
.tick { text-anchor: middle; }
.tick.first { text-anchor: start; }
.tick.last { text-anchor: end; }
.large { padding: 0.75rem 6.5rem 0 0; }
.large .plot + .plot { margin-top: 1.75rem; }
.large p { margin-top: 1rem; }
.large p + .plot { margin-top: 1.25rem; }
.large .plot:last-child { margin-top: 0; }
.tick.narrow { display: none; }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(17rem, 100%), 1fr)); gap: 1.5rem 2rem; }
.panel { display: flex; flex-direction: column; }
.panel + .panel { margin-top: 0; }
.panel h3 .name { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 3; overflow: hidden; }
.panel h3 .quiet { display: block; font-weight: 400; }
.panel [role=img] { margin-top: auto; padding: 1.25rem 1rem 0 0; }
.panel .end { display: none; }
.bar-row { display: flex; align-items: center; gap: 1rem; padding: 0.25rem 0; }
.bar-row + .bar-row { border-top: 1px solid var(--level); }
.bar-name { flex: 0 0 16rem; line-height: 1.25; }
.name { overflow-wrap: anywhere; }
tbody .name { white-space: pre-line; }
.period .name { white-space: nowrap; }
.bar-name .name { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; }
.measure { flex: 1; display: flex; align-items: center; gap: 0.5rem; min-width: 0; }
.bar { flex: 1; min-width: 2rem; }
.bar .track { fill: var(--part); }
.value { flex: 0 0 4.5rem; font-variant-numeric: tabular-nums; }
.value.with-share { flex-basis: 8.5rem; }
.few .bar { opacity: 0.55; }
.bar-row .measure-name { display: none; }
.scroll { overflow: auto; max-height: 40rem; margin: 0.5rem 0 1.5rem; }
table { border-collapse: collapse; font-size: 0.9rem; }
caption { text-align: start; padding-bottom: 0.5rem; color: var(--quiet); }
th, td { padding: 0.25rem 0.5rem; text-align: start; vertical-align: top; font-weight: 400; }
thead th { position: sticky; top: 0; background: Canvas; font-weight: 600; vertical-align: bottom; box-shadow: inset 0 -2px; }
tbody th { min-width: 9.5rem; max-width: 22rem; overflow-wrap: anywhere; }
tbody th.period { min-width: 0; white-space: nowrap; }
tbody tr + tr > * { border-top: 1px solid var(--level); }
.number { text-align: end; font-variant-numeric: tabular-nums; }
@media (max-width: 40rem) {
.large { padding-right: 0.5rem; }
.large .end, .tick.wide { display: none; }
.tick.narrow { display: inline; }
.bar-row { display: block; padding: 0.5rem 0; }
.bar-row.heads { display: none; }
.bar-row .measure-name { display: block; flex: 0 0 7.25rem; }
}
`;
