import { containers, podTemplate } from "../objects";
import type { ObjectRule } from "../rule";

/** A process that escapes from a container has the user of the container. */
export const nonRoot: ObjectRule = {
    name: "non-root",
    description: "Every container runs as a user other than root, and is not privileged.",
    check: (object) => {
        const pod = podTemplate(object)?.spec.securityContext;
        return containers(object).flatMap(({ name, securityContext }) => {
            const user = securityContext?.runAsUser ?? pod?.runAsUser;
            const problem =
                securityContext?.privileged === true
                    ? "is privileged"
                    : user === 0
                      ? "runs as root (runAsUser is 0)"
                      : (securityContext?.runAsNonRoot ?? pod?.runAsNonRoot) !== true
                        ? "may run as root, because runAsNonRoot is not true"
                        : undefined;
            return problem === undefined
                ? []
                : [
                      `container "${name}" ${problem}. Set runAsNonRoot to true and a runAsUser other than 0 in its security context, without privileged.`,
                  ];
        });
    },
};
