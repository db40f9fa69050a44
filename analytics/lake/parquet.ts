// How the lake's Parquet is written, in one place: zstd, and row groups small enough that a scan
// can skip most of a day.

export const PARQUET_OPTIONS = 'format parquet, compression zstd, row_group_size 122880';

export const SESSION_COLUMNS = {
  session_id: 'varchar',
  customer_id: 'varchar',
  conversation_id: 'varchar',
  channel: 'varchar',
  gladly_agent: 'varchar',
  guides_used: 'varchar[]',
  created_at: 'timestamptz',
  ended_at: 'timestamptz',
  was_responded_to: 'boolean',
  was_handed_off: 'boolean',
  was_resolved: 'boolean',
  handoff_category: 'varchar',
  handoff_subcategory: 'varchar',
  session_summary: 'varchar',
  handoff_reason: 'varchar',
  transfer_rationale: 'varchar',
  updated_at: 'timestamptz',
} as const;

export const TRANSCRIPT_COLUMNS = {
  session_id: 'varchar',
  created_at: 'timestamptz',
  messages: 'struct(message_id varchar, sent_at timestamptz, author varchar, "text" varchar)[]',
} as const;

export const MERGE_COLUMNS = {
  from_customer_id: 'varchar',
  to_customer_id: 'varchar',
} as const;

/** Messages that wait for their session. */
export const WAITING_COLUMNS = {
  session_id: 'varchar',
  message_id: 'varchar',
  sent_at: 'timestamptz',
  author: 'varchar',
  text: 'varchar',
} as const;

/** One row for each customer and one for each session; a customer only as a digest. */
export const FORGOTTEN_COLUMNS = {
  session_id: 'varchar',
  customer_sha256: 'varchar',
  forgotten_at: 'timestamptz',
} as const;
