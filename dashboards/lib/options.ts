/** What dashboards are told about the stack that they are for. */
export interface DashboardOptions {
    /** Namespace of the stack itself. */
    namespace: string;
    /** Folders that are left out, by the name of the folder in dashboards/. Default: none. */
    disabledFolders?: string[];
}
