-- Everything an analyst needs, in the order of the arrows: sources, then the
-- library, then the reports. From the root of a checkout:
--
--   duckdb -init sql/init.sql
--
-- reads the lake in data/acme. For another lake, say so and read this again:
--
--   set variable lake = 'data/other';
--   .read sql/init.sql
--
-- From another folder: `.cd` to the checkout first, or take all of it as one
-- script from `npx ai-sessions definitions`; sql/README.md shows both.
--
-- A line `.read FILE` is the DuckDB CLI's own; the analytics service and
-- `npx ai-sessions` follow the same lines, so this is the only list.
.read sql/sources.sql
.read sql/lib/request.sql
.read sql/lib/local_time.sql
.read sql/lib/outcome.sql
.read sql/lib/handoff_reason.sql
.read sql/lib/formula_guard.sql
.read sql/lib/guide_list.sql
.read sql/lib/message_history.sql
.read sql/lib/conversation_url.sql
.read sql/lib/ratio.sql
.read sql/lib/recontact.sql
.read sql/lib/requested_sessions.sql
.read sql/lib/ai_sessions.sql
.read sql/lib/ai_session_cells.sql
.read sql/lib/detail_columns.sql
.read sql/lib/session_periods.sql
.read sql/reports/ai_sessions_detail.sql
.read sql/reports/ai_sessions_detail_with_messages.sql
.read sql/reports/ai_sessions_summary.sql
.read sql/reports/ai_handoff_reasons.sql
.read sql/reports/ai_recontacts.sql
.read sql/reports/ai_guides.sql
