import type { RetiredResource } from "../../cli/upgrade/state";

/**
 * Resources of the last release that an upgrade deletes on purpose. A resource that holds data cannot be in this list, and a renamed resource has an
 * alias instead. The list is emptied with each release.
 */
export const retired: RetiredResource[] = [];
