declare const brand: unique symbol;

/** The ID of a running domain; 0 is dom0. */
export type DomId = number & { readonly [brand]: 'DomId' };

/** DOMID_FIRST_RESERVED of xen/include/public/xen.h: IDs from here on have special meanings. */
const firstReserved = 0x7ff0;

/** @throws RangeError for an invalid domain ID */
export function domId(number: number): DomId {
  if (Number.isInteger(number) && number >= 0 && number < firstReserved) return number as DomId;
  throw new RangeError(`${number} is not a valid domain id: use 0 to ${firstReserved - 1}`);
}
