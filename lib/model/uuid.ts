const canonical = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reads a UUID with or without hyphens, in either case; writes it in lower case with hyphens. */
export function parseUuid(text: string): string | undefined {
  if (canonical.test(text)) return text;
  const digits = text.replaceAll('-', '').toLowerCase();
  const parts = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/.exec(digits);
  return parts?.slice(1).join('-');
}
