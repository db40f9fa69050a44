-- The link to a conversation: the template with its one {conversationId}
-- filled in.
create or replace macro conversation_url(template, conversation_id) as
  split_part(template, '{conversationId}', 1)
    || conversation_id
    || split_part(template, '{conversationId}', 2);

comment on macro conversation_url is
  'The link to a conversation: the template with {conversationId} filled in';
