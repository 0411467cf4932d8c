import { label, strict, subdomain, someOf } from "./types";
import { setting } from "./setting";

const parent = strict({
    name: setting(subdomain(), { description: "Name of the Gateway.", example: "public" }),
    namespace: setting(label().optional(), {
        description: "Namespace of the Gateway.",
        computed: "the namespace of the stack",
        example: "gateways",
    }),
    sectionName: setting(subdomain().optional(), {
        description: "Name of the listener of the Gateway.",
        computed: "every listener that accepts the host",
        example: "https",
    }),
});

/** The Gateways to which an HTTPRoute is attached. */
export const gatewayParents = (needs: object) =>
    setting(someOf(parent, "Gateways").optional(), {
        description: "Gateways to which the HTTPRoute is attached. Required with gateway.",
        computed: "none",
        type: "GatewayParentArgs[]",
        example: [{ name: "public", namespace: "gateways", sectionName: "https" }],
        needs,
    });
