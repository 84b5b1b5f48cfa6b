export const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
