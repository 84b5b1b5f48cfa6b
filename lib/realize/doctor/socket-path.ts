/** sun_path is 108 bytes with its NUL (unix(7)). */
export const socketPathLimit = 107;

export const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
