/** The guest's wall clock at its start. */
export interface Clock {
  readonly basis: 'utc' | 'localtime';
  /** Seconds added to the basis. */
  readonly offsetSeconds: number;
  readonly tscMode?: 'default' | 'always_emulate' | 'native' | 'native_paravirt';
  /** HVM: whether there is a high precision event timer. */
  readonly hpet?: boolean;
}
