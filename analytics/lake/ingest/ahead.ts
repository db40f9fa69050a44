// Works out an item while the one before it is being used, so that JavaScript and DuckDB work at the
// same time. One item ahead, no more.

export async function* ahead<Item>(
  items: AsyncGenerator<Item, undefined>,
): AsyncGenerator<Item, undefined> {
  let next = items.next();
  try {
    for (let item = await next; item.done !== true; item = await next) {
      next = items.next();
      next.catch(() => {}); // told to whoever awaits it; nobody does when the work has failed before
      yield item.value;
    }
  } finally {
    await items.return(undefined);
  }
}
