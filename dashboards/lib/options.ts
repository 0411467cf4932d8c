/** Options of all dashboards. */
export interface DashboardOptions {
    /** Namespace of the stack. */
    namespace: string;
    /** Names of folders in dashboards/ that are not created. Default: none. */
    disabledFolders?: string[];
    /** Whether metrics of the nodes exist. With false, the dashboard of a node is not created. Default: true. */
    nodeMetrics?: boolean | undefined;
}
