import fc from "fast-check";
import { durationSeconds, goDuration } from "../validation/durations";
import * as names from "../validation/names";
import { isSize, quantityValue } from "../validation/quantities";
import { isMinioReplicas, replicasMistake, replicationMistake } from "../validation/replication";
import { isUrl, mirrorKind, parseS3Endpoint } from "../validation/urls";

describe("durations", () => {
    test.each([
        ["36h", 129600],
        ["14d", 1209600],
        ["2w", 1209600],
        ["1d12h", 129600],
        ["90m", 5400],
        ["10s", 10],
        ["0h", 0],
        ["2562047h", 9223369200],
    ])("%s is %d seconds", (text, seconds) => {
        expect(durationSeconds(text)).toBe(seconds);
    });

    test.each([
        "",
        "7",
        "d",
        "7 d",
        "-1d",
        "1.5h",
        "7days",
        "12h1d",
        "1h1h",
        "１d",
        "2562048h",
        "99999999999999999999d",
    ])("%j is not a duration", (text) => {
        expect(durationSeconds(text)).toBeUndefined();
    });

    test("are converted to Go durations of the same length", () => {
        expect([goDuration("14d"), goDuration("90m"), goDuration("1h1s")]).toEqual(["336h", "90m", "3601s"]);
        fc.assert(
            fc.property(fc.nat(100), fc.nat(23), fc.nat(59), (days, hours, minutes) => {
                const text = `${days}d${hours}h${minutes}m`;
                expect(durationSeconds(goDuration(text))).toBe(durationSeconds(text));
            }),
        );
    });

    test("that are invalid are rejected", () => {
        expect(() => goDuration("soon")).toThrow('"soon" is not a duration such as');
    });
});

describe("quantities", () => {
    test.each([
        ["500m", 0.5],
        ["1", 1],
        ["1Gi", 1073741824],
        ["1.5Ki", 1536],
        ["2k", 2000],
        ["1e3", 1000],
    ])("%s is %d", (text, value) => {
        expect(quantityValue(text)).toBe(value);
    });

    test.each(["", "Gi", "1GB", "1 Gi", "-1Gi", "1gi", "0x10"])("%j is not a quantity", (text) => {
        expect(quantityValue(text)).toBeUndefined();
    });

    test.each([
        ["10Gi", true],
        ["0Gi", false],
        ["500m", false],
        ["ten", false],
    ])("%s is a size of a volume: %s", (text, allowed) => {
        expect(isSize(text)).toBe(allowed);
    });
});

describe("names", () => {
    test.each([
        ["monitoring", true],
        ["a-1", true],
        ["Monitoring", false],
        ["a_b", false],
        ["-a", false],
        ["a-", false],
        ["a.b", false],
        ["a".repeat(64), false],
        ["", false],
    ])("%j is a name of a namespace: %s", (text, allowed) => {
        expect(names.isLabel(text)).toBe(allowed);
    });

    test.each([
        ["grafana.example.com", true],
        ["grafana", true],
        ["https://grafana.example.com", false],
        ["grafana.example.com:3000", false],
        ["grafana.example.com/x", false],
        ["grafana..com", false],
        [`${"a".repeat(64)}.com`, false],
    ])("%j is a host name: %s", (text, allowed) => {
        expect(names.isHost(text)).toBe(allowed);
    });

    test.each([
        ["acme-loki", true],
        ["ab", false],
        ["Acme", false],
        ["a_b_c", false],
        ["a".repeat(64), false],
        ["192.168.0.1", false],
        ["192.168.0.1.x", true],
    ])("%j is a name of a bucket: %s", (text, allowed) => {
        expect(names.isBucket(text)).toBe(allowed);
    });

    test.each([
        ["registry.example.com", true],
        ["registry.example.com:5000/a/b-c_d.e", true],
        ["localhost:5000", true],
        ["https://registry.example.com", false],
        ["registry.example.com/", false],
        ["registry.example.com//a", false],
        ["registry.example.com:port", false],
        ["registry.example.com:1:2", false],
        ["Registry.example.com", false],
        ["registry.example.com/A", false],
        ["registry..com", false],
        ["", false],
    ])("%j is an image registry: %s", (text, allowed) => {
        expect(names.isRegistry(text)).toBe(allowed);
    });

    test.each([
        ["disk", true],
        ["node-role.kubernetes.io/observability", true],
        ["a/b/c", false],
        ["/b", false],
        ["b/", false],
    ])("%j is a label key: %s", (text, allowed) => {
        expect(names.isLabelKey(text)).toBe(allowed);
    });
});

describe("replication factors", () => {
    test.each([
        [1, 1, undefined],
        [3, 3, undefined],
        [5, 3, undefined],
        [4, 3, undefined],
        [2, 3, "at most the number of replicas, which is 2"],
        [3, 2, "an odd number, because an even factor tolerates no more failures than the next lower odd factor"],
    ])("with %d replicas and the factor %d: %s", (replicas, factor, mistake) => {
        expect(replicationMistake(replicas, factor)).toBe(mistake);
    });

    test.each([
        [1, undefined],
        [
            2,
            "1 or at least 3, because with two copies, writes fail while one of the replicas is down; for 2 replicas with one copy, set replicationFactor.loki to 1",
        ],
        [3, undefined],
        [4, undefined],
        [6, undefined],
    ])("%d replicas without a factor of their own: %s", (replicas, mistake) => {
        expect(replicasMistake(replicas, "replicationFactor.loki")).toBe(mistake);
    });

    test("MinIO supports one drive, and 4 to 16 drives", () => {
        const allowed = Array.from({ length: 20 }, (_, count) => count).filter(isMinioReplicas);
        expect(allowed).toEqual([1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);
    });
});

describe("URLs", () => {
    test.each([
        ["https://s3.eu-central-1.amazonaws.com", { hostAndPort: "s3.eu-central-1.amazonaws.com", insecure: false }],
        ["s3.example.com", { hostAndPort: "s3.example.com", insecure: false }],
        ["http://minio.storage.svc:9000", { hostAndPort: "minio.storage.svc:9000", insecure: true }],
        ["minio.storage.svc:9000", { hostAndPort: "minio.storage.svc:9000", insecure: false }],
        ["https://s3.example.com/", { hostAndPort: "s3.example.com", insecure: false }],
        ["https://s3.example.com/bucket", undefined],
        ["https://user:pass@s3.example.com", undefined],
        ["ftp://s3.example.com", undefined],
        ["s3 example", undefined],
        ["", undefined],
    ])("%j is parsed as an S3 endpoint", (text, endpoint) => {
        expect(parseS3Endpoint(text)).toEqual(endpoint);
    });

    test.each([
        ["https://grafana.example.com/monitoring", true],
        ["grafana.example.com", false],
        ["https://", false],
        ["https://user:pass@grafana.example.com", false],
    ])("%j is a URL: %s", (text, allowed) => {
        expect(isUrl(text)).toBe(allowed);
    });

    test.each([
        ["charts-mirror", "folder"],
        ["/srv/charts", "folder"],
        ["oci://registry.example.com/charts", "registry"],
        ["https://charts.example.com", "repository"],
        ["http://charts.example.com", "repository"],
        ["ftp://charts.example.com", undefined],
        ["oci://", undefined],
        ["https://user:pass@charts.example.com", undefined],
        [" ", undefined],
    ])("%j is a chart mirror of the kind %s", (text, kind) => {
        expect(mirrorKind(text)).toBe(kind);
    });
});
