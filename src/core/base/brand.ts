/** Nominal types for identifiers that must not be mixed. */
declare const brand: unique symbol;
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
