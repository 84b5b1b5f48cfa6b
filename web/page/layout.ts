/** The place of a part in a diagram, in pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const boxHeight = 68;
const gap = 22;
/** A narrower box would show too little of a path. */
const narrowest = 140;

/** Lays out the parts of a channel: in a row if there is room, otherwise in a column. Pure. */
export function layOut(
  parts: readonly unknown[],
  available: number,
): { readonly boxes: readonly Box[]; readonly height: number } {
  const inset = 2;
  const inRow = (available - 2 * inset - gap * (parts.length - 1)) / parts.length;
  if (inRow >= narrowest) {
    const boxes = parts.map((_, index) => ({
      x: inset + index * (inRow + gap),
      y: inset,
      width: inRow,
      height: boxHeight,
    }));
    return { boxes, height: boxHeight + 2 * inset };
  }
  const boxes = parts.map((_, index) => ({
    x: inset,
    y: inset + index * (boxHeight + gap),
    width: Math.max(available - 2 * inset, narrowest),
    height: boxHeight,
  }));
  return { boxes, height: parts.length * (boxHeight + gap) - gap + 2 * inset };
}
