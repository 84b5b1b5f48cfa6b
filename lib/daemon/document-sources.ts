import { loadDocuments, type Documents, type LoadedDocument, type LoadOptions } from './documents.js';
import type { DaemonEvent } from './events.js';
import { loadLibvirtDomains } from './libvirt-domains.js';
import { WatchedDirectory } from './watched-directory.js';

export interface DocumentPlaces {
  readonly documentDirectory: string;
  /** Where libvirt's Xen driver keeps the state of its domains; absent: their <metadata> does not count. */
  readonly libvirtDirectory?: string;
  readonly load?: LoadOptions;
}

/** What specifies the channels: the documents of the directory, and the <metadata> of the domains that libvirt runs. */
export class DocumentSources {
  readonly #places: DocumentPlaces;
  readonly #tell: (event: DaemonEvent) => void;
  readonly #watched: readonly WatchedDirectory[];
  #ofDirectory: Documents = { all: [] };
  #ofLibvirt: readonly LoadedDocument[] = [];

  /** @param changed called when a directory has changed: then reload */
  constructor(places: DocumentPlaces, tell: (event: DaemonEvent) => void, changed: () => void) {
    this.#places = places;
    this.#tell = tell;
    const { documentDirectory, libvirtDirectory } = places;
    const paths = [documentDirectory, ...(libvirtDirectory === undefined ? [] : [libvirtDirectory])];
    this.#watched = paths.map((path) => new WatchedDirectory(path, changed));
  }

  get documents(): Documents {
    const ofLibvirt = this.#ofLibvirt.filter(({ desired, problem }) => desired ?? problem);
    return { ...this.#ofDirectory, all: [...this.#ofDirectory.all, ...ofLibvirt] };
  }

  /** Reads what has changed, and reports what is not valid. */
  async reload(): Promise<void> {
    const { documentDirectory, libvirtDirectory, load = {} } = this.#places;
    for (const directory of this.#watched) directory.renew();
    const before = this.documents;
    this.#ofDirectory = await loadDocuments(documentDirectory, this.#ofDirectory, load);
    if (libvirtDirectory !== undefined)
      this.#ofLibvirt = await loadLibvirtDomains(libvirtDirectory, this.#ofLibvirt, load);
    const after = this.documents;
    if (after.problem !== undefined && after.problem !== before.problem)
      this.#tell({ event: 'document-invalid', file: documentDirectory, reason: after.problem });
    for (const { file, problem } of after.all) {
      const isKnown = before.all.some((document) => document.file === file && document.problem === problem);
      if (problem !== undefined && !isKnown) this.#tell({ event: 'document-invalid', file, reason: problem });
    }
    const count = after.all.filter(({ desired }) => desired).length;
    this.#tell({ event: 'documents-loaded', count });
  }

  close(): void {
    for (const directory of this.#watched) directory.close();
  }
}
