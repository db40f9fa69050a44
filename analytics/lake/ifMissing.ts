// For `.catch` behind a file operation: the one failure that is an answer.

/** Turns "no such file" into a value, and leaves every other failure one. */
export function ifMissing<Value>(value: Value): (error: NodeJS.ErrnoException) => Value {
  return (error) => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
}
