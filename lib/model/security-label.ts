/** What a guest is to the policy of Xen's security module (Flask), which restricts its hypercalls. */
export interface SecurityLabel {
  /** A context of the policy: `user:role:type`. */
  readonly label: string;
}
