/** Every page, by nextToken. */
export async function pages<Page extends { nextToken?: string }, Item>(
  read: (page: { nextToken?: string }) => Promise<Page>,
  items: (page: Page) => Item[],
): Promise<Item[][]> {
  const all: Item[][] = [];
  for (let page = await read({}); ; page = await read({ nextToken: page.nextToken })) {
    all.push(items(page));
    if (page.nextToken === undefined) return all;
  }
}
