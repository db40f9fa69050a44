// How the Reports page looks: one column that becomes two where there is room, the system's own
// controls, light and dark. What belongs to one kind of report is shown by what is ticked.

export const REPORTS_STYLE = `
body { max-width: 62rem; }
.top { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0.5rem 2rem; }
.path { color: var(--quiet); margin: 0; }
.who { overflow-wrap: anywhere; }
.quiet-button { min-height: 2.25rem; font-weight: 400; background: none; color: inherit; border: 1px solid var(--line); }
.primary { background: var(--accent); border-color: var(--accent); color: var(--on-accent); min-width: 8rem; }
.badge { display: inline-block; border: 1px solid; border-radius: 1rem; padding: 0 0.6rem; font-size: 0.8rem; font-weight: 600; color: var(--accent-text); }
.reports { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: 0.5rem; }
.reports legend, .reports .alert { grid-column: 1 / -1; }
.report { display: flex; gap: 0.6rem; padding: 0.75rem; border: 1px solid var(--line); border-radius: 0.5rem; cursor: pointer; }
.report:has(:checked) { border-color: var(--accent); box-shadow: inset 0 0 0 1px var(--accent); background: var(--chosen); }
.report:has(:disabled) { cursor: default; color: var(--quiet); }
.report input { flex: none; width: 1.2rem; height: 1.2rem; min-height: 0; margin: 0.15rem 0 0; accent-color: var(--accent); }
.about { display: block; font-size: 0.9rem; color: var(--quiet); }
.consent { grid-column: 1 / -1; }
.tick { display: flex; gap: 0.6rem; align-items: baseline; padding: 0.2rem 0; }
.tick[hidden] { display: none; }
.tick input { flex: none; width: 1.2rem; height: 1.2rem; min-height: 0; accent-color: var(--accent); align-self: start; margin: 0.15rem 0 0; }
.tick span { overflow-wrap: anywhere; min-width: 0; }
.tick .quiet { flex: none; margin-inline-start: auto; font-variant-numeric: tabular-nums; }
.presets { display: flex; flex-wrap: wrap; gap: 0.4rem; list-style: none; padding: 0; margin: 0.25rem 0 0.75rem; }
.presets a { display: inline-block; padding: 0.3rem 0.8rem; border: 1px solid var(--line); border-radius: 1rem; text-decoration: none; color: inherit; }
.presets a[aria-current] { border-color: var(--accent); background: var(--chosen); font-weight: 600; }
details { border: 1px solid var(--line); border-radius: 0.5rem; margin: 1rem 0; padding: 0 1rem; }
details[open] { padding-bottom: 1rem; }
summary { cursor: pointer; font-weight: 600; padding: 0.65rem 0; min-height: 1.5rem; }
.choice-groups { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); gap: 0 1rem; }
.choice-groups fieldset { margin: 0.5rem 0; min-width: 0; }
.choice-list { max-height: 14rem; overflow-y: auto; }
.search input { min-height: 2.25rem; margin-bottom: 0.25rem; }
[aria-busy] { opacity: 0.6; }
.actions { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: center; margin: 0.75rem 0; }
.actions button { margin: 0; }
.actions button:not(.primary) { background: none; border: 1px solid var(--accent); color: var(--accent-text); }
.glance { margin-top: 1.25rem; }
#estimate { min-height: 1.75rem; }
.alert { border-inline-start: 4px solid var(--bad); padding: 0.25rem 0 0.25rem 0.75rem; margin: 0.5rem 0; }
.scroll { overflow: auto; max-height: 26rem; border: 1px solid var(--line); border-radius: 0.5rem; }
.scroll table { border-collapse: collapse; font-size: 0.85rem; }
.scroll caption { text-align: start; padding: 0.4rem 0.6rem; position: sticky; left: 0; }
.scroll th, .scroll td { text-align: start; vertical-align: top; padding: 0.3rem 0.6rem; border-top: 1px solid var(--line); }
.scroll th { position: sticky; top: 0; background: Canvas; white-space: nowrap; }
.scroll td div { width: max-content; max-width: 16rem; max-height: 6rem; overflow: auto; white-space: pre-line; overflow-wrap: anywhere; }
.runs { list-style: none; padding: 0; display: grid; gap: 0.75rem; }
.run { border: 1px solid var(--line); border-radius: 0.5rem; padding: 0.75rem 1rem; overflow-wrap: anywhere; }
.run h3 { margin: 0; }
.run progress { width: 100%; height: 0.75rem; accent-color: var(--accent); }
.run details { margin: 0.5rem 0; }
.run h4 { margin: 0.75rem 0 0; }
.run pre { margin: 0.25rem 0; white-space: pre-wrap; }
.run[data-state=complete] { border-inline-start: 4px solid var(--good); }
.run[data-state=failed] { border-inline-start: 4px solid var(--bad); }
.button { display: inline-block; padding: 0.5rem 1rem; border: 1px solid var(--accent); border-radius: 0.375rem; font-weight: 600; text-decoration: none; color: var(--accent-text); }
footer { margin-top: 2rem; border-top: 1px solid var(--line); padding-top: 0.5rem; }
.for-messages, .for-summary, .for-charts { display: none; }
form:has(#report-ai-sessions-detail-with-messages:checked) .for-messages,
form:has(#report-ai-sessions-summary:checked) .for-summary,
form:has(#report-ai-sessions-summary:checked) .for-charts,
form:has(#report-ai-handoff-reasons:checked) .for-charts,
form:has(#report-ai-guides:checked) .for-charts { display: block; }
@media (forced-colors: active) { .report:has(:checked) { outline: 2px solid Highlight; } }
`;
