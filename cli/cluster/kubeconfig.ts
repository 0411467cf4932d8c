// The program of a stack reads the same kubeconfig.
export { type Cluster, findCluster, NoContextError } from "../../stack/kubeconfig";
