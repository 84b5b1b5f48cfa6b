/** The element of the page with an ID. @throws if index.html and the code disagree */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`#${id} is not a ${kind.name}`);
}

/** Creates an element. Texts of documents come in as text only, never as markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const created = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) created.setAttribute(name, value);
  created.append(...children);
  return created;
}

export function button(label: string, act: () => void, description = label): HTMLButtonElement {
  const created = element('button', { type: 'button' }, label);
  if (description !== label) created.setAttribute('aria-label', description);
  created.addEventListener('click', act);
  return created;
}

/** Runs a function once the calls have stopped for a moment. */
export function debounced(delayMs: number, act: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, delayMs);
  };
}
