/** Which parts of two texts differ, by name: settings of an xl.cfg, or elements of an XML. */
export function differingParts(ours: string, theirs: string): readonly string[] {
  const nameOf = ours.startsWith('<') || theirs.startsWith('<') ? elementOf : settingOf;
  const [left, right] = [countLines(ours), countLines(theirs)];
  const names = new Set<string>();
  for (const line of new Set([...left.keys(), ...right.keys()])) {
    if (left.get(line) !== right.get(line)) names.add(nameOf(line));
  }
  names.delete('');
  return [...names].toSorted();
}

const settingOf = (line: string): string => /^([a-z0-9_]+) *=/.exec(line)?.[1] ?? '';
const elementOf = (line: string): string => /^ *<([a-zA-Z0-9:]+)/.exec(line)?.[1] ?? '';

/** Ignores surrounding blanks, and the form of an empty element. */
function countLines(text: string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of text.split('\n')) {
    const trimmed = line.trim().replace(/^<(\S+)><\/\1>$/, '<$1/>');
    counts.set(trimmed, (counts.get(trimmed) ?? 0) + 1);
  }
  return counts;
}
