/** The outcome of printing one LLDP value. */

/** What printing a value came to: `dump` = the octets are to be shown as well, `cut` = nothing after it can be read. */
export type ValueOutcome = 'printed' | 'dump' | 'cut';
