/** The cluster and the namespace of a kubectl command. */
export interface KubectlTarget {
    namespace: string;
    /** Context of the kubeconfig. Default: the current context. */
    kubeContext?: string;
}

/** A kubectl command for the namespace of the stack. */
export function kubectl({ namespace, kubeContext }: KubectlTarget, rest: string): string {
    return `kubectl${kubeContext === undefined ? "" : ` --context ${kubeContext}`} --namespace ${namespace} ${rest}`;
}
