import type { Domain } from './domain.js';

type RequiredField = {
  [Field in keyof Domain]-?: object extends Pick<Domain, Field> ? never : Field;
}[keyof Domain];

type Fields = { -readonly [Field in keyof Domain]?: Domain[Field] | undefined };

/**
 * The required fields, before they are read. V8 turns an object into a dictionary if more than twelve properties
 * are added to it by computed names, and each use of a dictionary takes several times as long.
 */
const unread = (): Record<RequiredField, undefined> => ({
  hypervisor: undefined,
  name: undefined,
  memory: undefined,
  vcpus: undefined,
  os: undefined,
  features: undefined,
  clock: undefined,
  lifecycle: undefined,
  disks: undefined,
  interfaces: undefined,
  serials: undefined,
  parallels: undefined,
  channels: undefined,
  inputs: undefined,
  graphics: undefined,
  sounds: undefined,
  hostdevs: undefined,
  usbControllers: undefined,
  redirections: undefined,
  deviceModelArguments: undefined,
  preserved: undefined,
});

/** What every format has for a field of the model: how it is read. */
interface ReadableField<Reading> {
  readonly field: keyof Domain;
  /** @returns undefined if the document does not specify an optional field */
  read(reading: Reading): Domain[keyof Domain] | undefined;
}

/** Reads each field of a domain once, in the order of the descriptors; one that another depends on is read before it. */
export class FieldReader<Reading> {
  readonly #fields: Fields = unread();
  /** The optional fields that the document does not have. */
  readonly #absent = new Set<keyof Domain>();
  readonly #descriptorOf: (field: keyof Domain) => ReadableField<Reading>;
  /** What the descriptors read from. */
  readonly reading: Reading;

  /** @param readingOf makes what the descriptors read from; they get other fields from the reader in it */
  constructor(
    descriptorOf: (field: keyof Domain) => ReadableField<Reading>,
    readingOf: (fields: FieldReader<Reading>) => Reading,
  ) {
    this.#descriptorOf = descriptorOf;
    this.reading = readingOf(this);
  }

  /** Whether the document has a field, which is read for that. */
  has(field: keyof Domain): boolean {
    this.#read(this.#descriptorOf(field));
    return this.#fields[field] !== undefined;
  }

  /** A field; it is read when it is first used. */
  get<Field extends keyof Domain>(field: Field): Domain[Field] {
    if (this.#fields[field] === undefined) this.#read(this.#descriptorOf(field));
    return this.#fields[field] as Domain[Field];
  }

  /** All fields. */
  all(descriptors: readonly ReadableField<Reading>[]): Domain {
    for (const descriptor of descriptors) this.#read(descriptor);
    return this.#fields as Domain;
  }

  #read(descriptor: ReadableField<Reading>): void {
    const { field } = descriptor;
    if (this.#fields[field] !== undefined || this.#absent.has(field)) return;
    const value = descriptor.read(this.reading);
    if (value === undefined) this.#absent.add(field);
    else (this.#fields as Record<string, unknown>)[field] = value;
  }
}
