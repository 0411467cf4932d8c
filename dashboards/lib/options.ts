import type { OptionalSource, QueriedSource, StackComponent } from "../../validation/components";

/**
 * Price of a GiB on a disk for a month: the price for an hour in cli/summary/prices.ts, for 730 hours.
 */
export const defaultStoragePrice = 0.04;

/** Options of all dashboards. */
export interface DashboardOptions {
    /** Namespace of the stack. */
    namespace: string;
    /** Names of folders in dashboards/ that are not created. Default: none. */
    disabledFolders?: string[];
    /** Price of a stored GiB for a month, in any currency. Default: {@link defaultStoragePrice}. */
    storagePricePerGib?: number;
    /** Whether metrics of the nodes exist. With false, the dashboard of a node is not created. Default: true. */
    nodeMetrics?: boolean | undefined;
    /** Components that do not exist. Dashboards that would show no data without them are not created. Default: none. */
    absentComponents?: readonly StackComponent[];
    /** Optional sources of data that exist. Dashboards of others are not created. Default: none. */
    optionalSources?: readonly OptionalSource[];
    /** Data sources that do not exist. Panels that query them are not created. Default: none. */
    absentSources?: readonly QueriedSource[];
}
