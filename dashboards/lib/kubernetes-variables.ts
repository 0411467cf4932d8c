import { workloadsOfPods } from "./pods";
import { choice, choices, type Variable } from "./variables";

const containers = 'container_memory_working_set_bytes{cluster="$cluster"';

/** Variables that are found in what cAdvisor knows, so that they have pods without traces too. */
export const anyNamespace = () => choices("namespace", "Namespace", `label_values(${containers}}, namespace)`);
export const oneNamespace = () => choice("namespace", "Namespace", `label_values(${containers}}, namespace)`);
export const node = () => choice("node", "Node", 'label_values(node_uname_info{cluster="$cluster"}, node)');
export const pod = () => choice("pod", "Pod", `label_values(${containers}, namespace=~"$namespace"}, pod)`);
export const workload = (): Variable =>
    choice("workload", "Workload", `label_values(${containers}, namespace=~"$namespace"}, pod)`).regex(workloadsOfPods);
