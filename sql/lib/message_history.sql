-- A transcript as one cell (SPEC 3.1). Messages of AGENT and SYSTEM are left
-- out.

create or replace macro report_messages(messages) as
  list_filter(
    messages,
    lambda message: message.author in ('CUSTOMER', 'GLADLY_AI')
  );

comment on macro report_messages is
  'The messages that reports show: those of customer and Gladly AI';

-- One line per message; whatever any program takes for a line break inside a
-- message is indented, so no message can forge another speaker's line.
create or replace macro message_history_text(messages, zone) as
  nullif(array_to_string(
    list_transform(
      report_messages(messages),
      lambda message:
        '[' || coalesce(
          strftime(timezone(zone, message.sent_at), '%Y-%m-%d %H:%M:%S'), ''
        ) || '] '
        || case message.author
          when 'CUSTOMER' then 'Customer'
          else 'Gladly AI'
        end
        || ': '
        || regexp_replace(
          coalesce(message.text, ''),
          '\r\n|[\n\v\f\r\x1C-\x1E\x{85}\x{2028}\x{2029}]', E'\n  ', 'g'
        )
    ),
    E'\n'
  ), '');

comment on macro message_history_text is
  'A transcript as lines like [2026-07-01 09:15:22] Customer: text';

create or replace macro message_history_json(messages, zone) as
  case when len(report_messages(messages)) > 0 then
    to_json(list_transform(
      report_messages(messages),
      lambda message: {
        sentAt: iso_local_time(
          message.sent_at, timezone(zone, message.sent_at)
        ),
        author: message.author,
        text: message.text
      }
    ))::varchar
  end;

comment on macro message_history_json is
  'A transcript as a JSON array of {sentAt, author, text}';
