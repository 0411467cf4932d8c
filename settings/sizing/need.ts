import type { Figure } from "./figure";

/** What each replica of a component needs. */
export interface Need {
    /** Cores. */
    cpu: Figure;
    /** Bytes, without peaks. The memory limit is larger by peakFactor. */
    memory: Figure;
    /** Bytes. Undefined if the component has no volume. */
    volume?: Figure;
}

/** What each replica of a store needs, and what all replicas together write to the object store. */
export interface StoreNeed extends Need {
    /** Bytes a day. */
    storedPerDay: Figure;
    /** Objects that are written a day. */
    objectsPerDay: Figure;
}

/** Additional memory and space for peaks. The guide of Mimir plans 50 % more of both. */
export const peakFactor = 1.5;
