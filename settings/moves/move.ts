import type { AppliedSettings } from "../applied";
import type { DataOwner } from "../schema/data-owners";

/** A change of a setting that concerns stored data. */
export interface Move {
    /** The changed setting, such as "objectStore.kind". */
    setting: string;
    /** Subject of the sentence, if the change is not one of a setting. */
    subject?: string;
    /** The deployed value. Undefined if there was none. */
    from: string | number | boolean | undefined;
    /** The configured value. Undefined if there is none. */
    to: string | number | boolean | undefined;
    /** What happens to the data: one or more sentences. */
    effect: string;
    /** How to reach the goal without loss: one or more sentences. */
    safe: string;
    /** What loses data. `allowDataLoss` must name all of it. Empty if the change loses no data, or cannot work. */
    loses: DataOwner[];
    /** Whether the change cannot work, even if the loss is accepted. */
    impossible?: boolean;
    /** The change back to the deployed value, if it would be refused. */
    rollback?: Move | undefined;
}

/** Compares the settings of two deployments. */
export type Comparison = (before: AppliedSettings, after: AppliedSettings) => (Move | undefined)[];
