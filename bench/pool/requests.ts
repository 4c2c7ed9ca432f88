export async function requests(count: number): Promise<void> {}
