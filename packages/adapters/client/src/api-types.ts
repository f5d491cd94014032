// Generated from openapi.json by scripts/client-types.ts.

export interface paths {
    readonly "/networks": {
        /** List networks, as "vethra network ls --format json". */
        readonly get: operations["listNetworks"];
        readonly put?: never;
        /** Create a network. */
        readonly post: operations["createNetwork"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/networks/prune": {
        readonly get?: never;
        readonly put?: never;
        /** Remove all networks that no container uses, and list them. */
        readonly post: operations["pruneNetworks"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/networks/{network}": {
        /** Show a network and its containers: an element of the output of "vethra network inspect". */
        readonly get: operations["inspectNetwork"];
        readonly put?: never;
        readonly post?: never;
        /** Remove a network with its bridge, rules and reservations. */
        readonly delete: operations["removeNetwork"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/networks/{network}/connect": {
        readonly get?: never;
        readonly put?: never;
        /** Connect a container to a network, at once when it runs. */
        readonly post: operations["connectContainer"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/networks/{network}/disconnect": {
        readonly get?: never;
        readonly put?: never;
        /** Disconnect a container from a network. */
        readonly post: operations["disconnectContainer"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/containers": {
        /** List containers, as "vethra container ls --format json". */
        readonly get: operations["listContainers"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/containers/{container}": {
        /** Show a container, as "vethra container inspect". */
        readonly get: operations["inspectContainer"];
        readonly put?: never;
        readonly post?: never;
        /** Forget a container that its runtime has deleted, and free what it holds; config.json of its bundle is kept. */
        readonly delete: operations["removeContainer"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/attachments": {
        /** List attachments of all namespaces: those that are cached and those that are recorded. */
        readonly get: operations["listAttachments"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/reservations": {
        /** List reserved addresses, as "vethra ipam ls --format json". */
        readonly get: operations["listReservations"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/reservations/{network}": {
        readonly get?: never;
        readonly put?: never;
        readonly post?: never;
        /** Release an address of a network, or all of a container, and list them. */
        readonly delete: operations["releaseReservations"];
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/traffic": {
        /** Report the traffic of networks and containers so far. */
        readonly get: operations["readTraffic"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/findings": {
        /** Look at the host now and report its findings, as "vethra doctor --format json". */
        readonly get: operations["listFindings"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/repair": {
        readonly get?: never;
        readonly put?: never;
        /** Look at the host and repair it now, as "vethra doctor --repair --format json". */
        readonly post: operations["repair"];
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/events": {
        /** Server-sent events, of what any command did and of what the daemon saw: those that are kept after an id, then each as it happens. */
        readonly get: operations["followEvents"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/health": {
        /** Report whether the last look succeeded, and its findings: 503 until one did. */
        readonly get: operations["readHealth"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/version": {
        /** Report the version, the process and the data store. */
        readonly get: operations["readVersion"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
    readonly "/metrics": {
        /** Metrics as Prometheus reads them. */
        readonly get: operations["readMetrics"];
        readonly put?: never;
        readonly post?: never;
        readonly delete?: never;
        readonly options?: never;
        readonly head?: never;
        readonly patch?: never;
        readonly trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        readonly Problem: {
            readonly type: string;
            readonly title: string;
            readonly status: number;
            readonly detail: string;
            readonly code?: number;
            readonly hint?: string;
            readonly causes?: readonly string[];
        };
        readonly Event: {
            readonly ID: string;
            readonly Time: string;
            /** @enum {string} */
            readonly Type: "network-created" | "network-removed" | "container-attached" | "container-detached" | "container-connected" | "container-disconnected" | "container-removed" | "reservation-released" | "finding-appeared" | "finding-gone" | "repair-begun" | "repair-done" | "repair-unneeded" | "repair-failed" | "look-failed" | "daemon-started" | "daemon-stopping";
            readonly Message: string;
            readonly By?: string;
            readonly Subject?: string;
            readonly Network?: string;
            readonly Container?: string;
            readonly Name?: string;
            readonly Namespace?: string;
            readonly Interface?: string;
            readonly Addresses?: readonly string[];
            readonly Finding?: string;
            readonly Repair?: string;
            readonly Causes?: readonly string[];
            readonly DurationMs?: number;
        };
        readonly Network: {
            readonly ID: string;
            readonly Name: string;
            readonly Driver: string;
            readonly Labels: {
                readonly [key: string]: string;
            };
            readonly File: string;
            readonly Managed: boolean;
            /** @enum {string} */
            readonly Origin: "own" | "nerdctl" | "containerd" | "podman" | "cri-o" | "other";
        };
        readonly CreatedNetwork: {
            readonly ID: string;
            readonly Name: string;
            readonly Notes: readonly string[];
        };
        /** @description The fields are the flags of "vethra network create". */
        readonly NewNetwork: {
            readonly Name: string;
            /**
             * @default bridge
             * @enum {string}
             */
            readonly Driver?: "bridge" | "macvlan" | "ipvlan";
            /** @default [] */
            readonly Subnets?: readonly string[];
            /** @default [] */
            readonly Gateways?: readonly string[];
            /** @default [] */
            readonly IPRanges?: readonly string[];
            /**
             * @description NAME=IP: addresses that no container gets.
             * @default []
             */
            readonly AuxAddresses?: readonly string[];
            /** @default true */
            readonly IPv4?: boolean;
            /** @default false */
            readonly IPv6?: boolean;
            /** @default false */
            readonly Internal?: boolean;
            /**
             * @default default
             * @enum {string}
             */
            readonly IPAMDriver?: "default" | "host-local" | "dhcp" | "static";
            /** @default {} */
            readonly IPAMOptions?: {
                readonly [key: string]: string;
            };
            /** @default {} */
            readonly Options?: {
                readonly [key: string]: string;
            };
            /** @default {} */
            readonly Labels?: {
                readonly [key: string]: string;
            };
        };
        readonly NetworkDetails: {
            readonly Name: string;
            readonly Id?: string;
            readonly Created: string;
            readonly Driver: string;
            readonly EnableIPv6: boolean;
            readonly IPAM: {
                readonly Config: readonly {
                    readonly Subnet: string;
                    readonly Gateway?: string;
                    readonly IPRange?: string;
                    readonly AuxiliaryAddresses?: {
                        readonly [key: string]: string;
                    };
                }[];
            };
            readonly Internal: boolean;
            readonly Containers: {
                readonly [key: string]: {
                    readonly Name: string;
                    readonly MacAddress: string;
                    readonly IPv4Address: string;
                    readonly IPv6Address: string;
                };
            };
            readonly Options: {
                readonly [key: string]: string;
            };
            readonly Labels: {
                readonly [key: string]: string;
            } | null;
        };
        readonly NativeNetwork: {
            /** @description The conf list. */
            readonly CNI?: Record<string, never>;
            readonly NerdctlID: string | null;
            readonly NerdctlLabels?: {
                readonly [key: string]: string;
            };
            readonly File: string;
            readonly Containers: readonly {
                readonly Name: string;
                readonly MacAddress: string;
                readonly IPv4Address: string;
                readonly IPv6Address: string;
                readonly ID: string;
            }[] | null;
        };
        readonly Connection: {
            /** @description Its id, the start of it, or its name. */
            readonly Container: string;
            readonly IP?: string;
            readonly IP6?: string;
            readonly MacAddress?: string;
            /** @default [] */
            readonly Aliases?: readonly string[];
        };
        readonly Disconnection: {
            readonly Container: string;
            /** @default false */
            readonly Force?: boolean;
        };
        readonly Container: {
            readonly ID: string;
            readonly Name: string;
            readonly Networks: readonly string[];
            readonly Addresses: readonly string[];
            readonly Ports: string;
            /** @enum {string} */
            readonly State: "prepared" | "running" | "paused" | "stopped" | "failed" | "dead" | "unknown";
        };
        readonly ContainerDetails: {
            readonly ID: string;
            readonly Name: string;
            readonly Namespace: string;
            readonly Hostname: string;
            readonly Networks: {
                readonly [key: string]: {
                    readonly Interface: string;
                    readonly MacAddress: string;
                    readonly Addresses: readonly string[];
                    readonly Gateways: readonly string[];
                };
            };
            readonly Ports: readonly {
                readonly HostPort: number;
                readonly ContainerPort: number;
                readonly Protocol: string;
                readonly HostIP: string;
            }[];
            readonly HostsPath: string;
            readonly ResolvConfPath: string;
            readonly HostnamePath: string;
            /** @enum {string} */
            readonly State: "prepared" | "running" | "paused" | "stopped" | "failed" | "dead" | "unknown";
        };
        readonly Attachment: {
            readonly Network: string;
            readonly ContainerID: string;
            readonly Interface: string;
            readonly Netns: string;
            readonly Addresses: readonly string[];
            readonly Ours: boolean;
        };
        readonly Reservation: {
            readonly Network: string;
            readonly Address: string;
            readonly ContainerID: string;
            readonly Interface: string;
            readonly Since: string;
        };
        readonly Traffic: {
            readonly Time: string;
            readonly Networks: readonly {
                readonly Name: string;
                readonly Driver: string;
                readonly Containers: number;
                readonly ReceivedBytes?: number;
                readonly SentBytes?: number;
            }[];
            readonly Containers: readonly {
                readonly ID: string;
                readonly Name: string;
                /** @enum {string} */
                readonly State: "prepared" | "running" | "paused" | "stopped" | "failed" | "dead" | "unknown";
                readonly Networks: readonly string[];
                readonly Addresses: readonly string[];
                readonly ReceivedBytes?: number;
                readonly SentBytes?: number;
            }[];
        };
        readonly Finding: {
            readonly ID: string;
            readonly Kind: string;
            readonly Severity: string;
            readonly About: string;
            readonly Subject: string;
            readonly Message: string;
            readonly Evidence: readonly string[];
            readonly Ours: boolean;
            readonly Fix: string;
            readonly Repair: string;
        };
        readonly Repair: {
            readonly Kind: string;
            readonly Repair: string;
            readonly Outcome: string;
            readonly Why: readonly string[];
            /** @description The repair, in a dry run. */
            readonly Plan?: Record<string, never>;
        };
        readonly RepairRequest: {
            /** @default false */
            readonly DryRun?: boolean;
        };
        readonly SentEvent: {
            readonly id: string;
            /** @enum {string} */
            readonly event: "network-created" | "network-removed" | "container-attached" | "container-detached" | "container-connected" | "container-disconnected" | "container-removed" | "reservation-released" | "finding-appeared" | "finding-gone" | "repair-begun" | "repair-done" | "repair-unneeded" | "repair-failed" | "look-failed" | "daemon-started" | "daemon-stopping";
            readonly data: string;
        };
        readonly Health: {
            /** @enum {string} */
            readonly Status: "ok" | "starting" | "failing";
            readonly LastLook: string;
            readonly Errors: number;
            readonly Warnings: number;
            readonly Failure: string;
        };
        readonly Version: {
            readonly Version: string;
            readonly Pid: number;
            readonly DataStore: string;
        };
    };
    responses: {
        /** @description The request is not what this document allows. */
        readonly Invalid: {
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description No such network, container or address. */
        readonly Missing: {
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The request contradicts itself, or what is there. */
        readonly Conflict: {
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is longer than 64 KiB. */
        readonly TooLong: {
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The body is not JSON by its content type. */
        readonly NotJson: {
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
        /** @description The failure, and the hint to it. */
        readonly Failed: {
            content: {
                readonly "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    readonly listNetworks: {
        readonly parameters: {
            readonly query?: {
                /** @description The containerd namespace; default: the daemon's own setting. */
                readonly namespace?: string;
                /** @description name=REGEX, or a part of it, label=KEY[=VALUE], driver=TYPE or id=START; may be repeated. */
                readonly filter?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly responses: {
            /** @description List networks, as "vethra network ls --format json". */
            readonly 200: {
                content: {
                    readonly "application/json": readonly components["schemas"]["Network"][];
                };
            };
            readonly 400: components["responses"]["Invalid"];
            readonly 409: components["responses"]["Conflict"];
            readonly default: components["responses"]["Failed"];
        };
    };
    readonly createNetwork: {
        readonly parameters: {
            readonly query?: {
                /** @description The containerd namespace; default: the daemon's own setting. */
                readonly namespace?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["NewNetwork"];
            };
        };
        readonly responses: {
            /** @description Create a network. */
            readonly 201: {
                content: {
                    readonly "application/json": components["schemas"]["CreatedNetwork"];
                };
            };
            readonly 400: components["responses"]["Invalid"];
            readonly 409: components["responses"]["Conflict"];
            readonly 413: components["responses"]["TooLong"];
            readonly 415: components["responses"]["NotJson"];
            readonly default: components["responses"]["Failed"];
        };
    };
    readonly pruneNetworks: {
        readonly parameters: {
            readonly query?: {
                /** @description The containerd namespace; default: the daemon's own setting. */
                readonly namespace?: string;
                /** @description name=REGEX, or a part of it, label=KEY[=VALUE], driver=TYPE or id=START; may be repeated. */
                readonly filter?: readonly string[];
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly responses: {
            /** @description Remove all networks that no container uses, and list them. */
            readonly 200: {
                content: {
                    readonly "application/json": readonly string[];
                };
            };
            readonly 400: components["responses"]["Invalid"];
            readonly 409: components["responses"]["Conflict"];
            readonly 413: components["responses"]["TooLong"];
            readonly 415: components["responses"]["NotJson"];
            readonly default: components["responses"]["Failed"];
        };
    };
    readonly inspectNetwork: {
        readonly parameters: {
            readonly query?: {
                /** @description The containerd namespace; default: the daemon's own setting. */
                readonly namespace?: string;
                readonly mode?: "dockercompat" | "native";
            };
            readonly header?: never;
            readonly path: {
                /** @description Its name or id. */
                readonly network: string;
            };
            readonly cookie?: never;
        };
        readonly responses: {
            /** @description Show a network and its containers: an element of the output of "vethra network inspect". */
            readonly 200: {
                content: {
                    readonly "application/json": components["schemas"]["NetworkDetails"] | components["schemas"]["NativeNetwork"];
                };
            };
            readonly 400: components["responses"]["Invalid"];
            readonly 404: components["responses"]["Missing"];
            readonly 409: components["responses"]["Conflict"];
            readonly default: components["responses"]["Failed"];
        };
    };
    readonly removeNetwork: {
        readonly parameters: {
            readonly query?: {
                /** @description The containerd namespace; default: the daemon's own setting. */
                readonly namespace?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description Its name or id. */
                readonly network: string;
            };
            readonly cookie?: never;
        };
        readonly responses: {
            /** @description Remove a network with its bridge, rules and reservations. */
            readonly 204: {};
            readonly 400: components["responses"]["Invalid"];
            readonly 404: components["responses"]["Missing"];
            readonly 409: components["responses"]["Conflict"];
            readonly 413: components["responses"]["TooLong"];
            readonly 415: components["responses"]["NotJson"];
            readonly default: components["responses"]["Failed"];
        };
    };
    readonly connectContainer: {
        readonly parameters: {
            readonly query?: {
                /** @description The containerd namespace; default: the daemon's own setting. */
                readonly namespace?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description Its name or id. */
                readonly network: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Connection"];
            };
        };
        readonly responses: {
            /** @description Connect a container to a network, at once when it runs. */
            readonly 204: {};
            readonly 400: components["responses"]["Invalid"];
            readonly 404: components["responses"]["Missing"];
            readonly 409: components["responses"]["Conflict"];
            readonly 413: components["responses"]["TooLong"];
            readonly 415: components["responses"]["NotJson"];
            readonly default: components["responses"]["Failed"];
        };
    };
    readonly disconnectContainer: {
        readonly parameters: {
            readonly query?: {
                /** @description The containerd namespace; default: the daemon's own setting. */
                readonly namespace?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description Its name or id. */
                readonly network: string;
            };
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["Disconnection"];
            };
        };
        readonly responses: {
            /** @description Disconnect a container from a network. */
            readonly 204: {};
            readonly 400: components["responses"]["Invalid"];
            readonly 404: components["responses"]["Missing"];
            readonly 409: components["responses"]["Conflict"];
            readonly 413: components["responses"]["TooLong"];
            readonly 415: components["responses"]["NotJson"];
            readonly default: components["responses"]["Failed"];
        };
    };
    readonly listContainers: {
        readonly parameters: {
            readonly query?: {
                /** @description The containerd namespace; default: the daemon's own setting. */
                readonly namespace?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly responses: {
            /** @description List containers, as "vethra container ls --format json". */
            readonly 200: {
                content: {
                    readonly "application/json": readonly components["schemas"]["Container"][];
                };
            };
            readonly 400: components["responses"]["Invalid"];
            readonly 409: components["responses"]["Conflict"];
            readonly default: components["responses"]["Failed"];
        };
    };
    readonly inspectContainer: {
        readonly parameters: {
            readonly query?: {
                /** @description The containerd namespace; default: the daemon's own setting. */
                readonly namespace?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description Its id, the start of it, or its name. */
                readonly container: string;
            };
            readonly cookie?: never;
        };
        readonly responses: {
            /** @description Show a container, as "vethra container inspect". */
            readonly 200: {
                content: {
                    readonly "application/json": components["schemas"]["ContainerDetails"];
                };
            };
            readonly 400: components["responses"]["Invalid"];
            readonly 404: components["responses"]["Missing"];
            readonly 409: components["responses"]["Conflict"];
            readonly default: components["responses"]["Failed"];
        };
    };
    readonly removeContainer: {
        readonly parameters: {
            readonly query?: {
                /** @description The containerd namespace; default: the daemon's own setting. */
                readonly namespace?: string;
            };
            readonly header?: never;
            readonly path: {
                /** @description Its id, the start of it, or its name. */
                readonly container: string;
            };
            readonly cookie?: never;
        };
        readonly responses: {
            /** @description Forget a container that its runtime has deleted, and free what it holds; config.json of its bundle is kept. */
            readonly 204: {};
            readonly 400: components["responses"]["Invalid"];
            readonly 404: components["responses"]["Missing"];
            readonly 409: components["responses"]["Conflict"];
            readonly 413: components["responses"]["TooLong"];
            readonly 415: components["responses"]["NotJson"];
            readonly default: components["responses"]["Failed"];
        };
    };
    readonly listAttachments: {
        readonly parameters: {
            readonly query?: {
                readonly network?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly responses: {
            /** @description List attachments of all namespaces: those that are cached and those that are recorded. */
            readonly 200: {
                content: {
                    readonly "application/json": readonly components["schemas"]["Attachment"][];
                };
            };
            readonly 400: components["responses"]["Invalid"];
            readonly 409: components["responses"]["Conflict"];
            readonly default: components["responses"]["Failed"];
        };
    };
    readonly listReservations: {
        readonly parameters: {
            readonly query?: {
                /** @description The containerd namespace; default: the daemon's own setting. */
                readonly namespace?: string;
                readonly network?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly responses: {
            /** @description List reserved addresses, as "vethra ipam ls --format json". */
            readonly 200: {
                content: {
                    readonly "application/json": readonly components["schemas"]["Reservation"][];
                };
            };
            readonly 400: components["responses"]["Invalid"];
            readonly 409: components["responses"]["Conflict"];
            readonly default: components["responses"]["Failed"];
        };
    };
    readonly releaseReservations: {
        readonly parameters: {
            readonly query?: {
                /** @description The containerd namespace; default: the daemon's own setting. */
                readonly namespace?: string;
                readonly ip?: string;
                /** @description The container id, as reservations show it. */
                readonly id?: string;
            };
            readonly header?: never;
            readonly path: {
                readonly network: string;
            };
            readonly cookie?: never;
        };
        readonly responses: {
            /** @description Release an address of a network, or all of a container, and list them. */
            readonly 200: {
                content: {
                    readonly "application/json": readonly string[];
                };
            };
            readonly 400: components["responses"]["Invalid"];
            readonly 404: components["responses"]["Missing"];
            readonly 409: components["responses"]["Conflict"];
            readonly 413: components["responses"]["TooLong"];
            readonly 415: components["responses"]["NotJson"];
            readonly default: components["responses"]["Failed"];
        };
    };
    readonly readTraffic: {
        readonly parameters: {
            readonly query?: {
                /** @description The containerd namespace; default: the daemon's own setting. */
                readonly namespace?: string;
            };
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly responses: {
            /** @description Report the traffic of networks and containers so far. */
            readonly 200: {
                content: {
                    readonly "application/json": components["schemas"]["Traffic"];
                };
            };
            readonly 400: components["responses"]["Invalid"];
            readonly 409: components["responses"]["Conflict"];
            readonly default: components["responses"]["Failed"];
        };
    };
    readonly listFindings: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly responses: {
            /** @description Look at the host now and report its findings, as "vethra doctor --format json". */
            readonly 200: {
                content: {
                    readonly "application/json": readonly components["schemas"]["Finding"][];
                };
            };
            readonly default: components["responses"]["Failed"];
        };
    };
    readonly repair: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly requestBody: {
            readonly content: {
                readonly "application/json": components["schemas"]["RepairRequest"];
            };
        };
        readonly responses: {
            /** @description Look at the host and repair it now, as "vethra doctor --repair --format json". */
            readonly 200: {
                content: {
                    readonly "application/json": readonly components["schemas"]["Repair"][];
                };
            };
            readonly 400: components["responses"]["Invalid"];
            readonly 409: components["responses"]["Conflict"];
            readonly 413: components["responses"]["TooLong"];
            readonly 415: components["responses"]["NotJson"];
            readonly default: components["responses"]["Failed"];
        };
    };
    readonly followEvents: {
        readonly parameters: {
            readonly query?: {
                /** @description An id, as the header Last-Event-ID has it; default: only new ones. */
                readonly after?: string;
                readonly follow?: "true" | "false";
            };
            readonly header?: {
                /** @description Takes precedence over "after". */
                readonly "last-event-id"?: string;
            };
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly responses: {
            /** @description Server-sent events, of what any command did and of what the daemon saw: those that are kept after an id, then each as it happens. */
            readonly 200: {
                content: {
                    readonly "text/event-stream": components["schemas"]["SentEvent"];
                };
            };
            readonly 400: components["responses"]["Invalid"];
            readonly 409: components["responses"]["Conflict"];
            readonly default: components["responses"]["Failed"];
        };
    };
    readonly readHealth: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly responses: {
            /** @description Report whether the last look succeeded, and its findings: 503 until one did. */
            readonly 200: {
                content: {
                    readonly "application/json": components["schemas"]["Health"];
                };
            };
            /** @description Report whether the last look succeeded, and its findings: 503 until one did. */
            readonly 503: {
                content: {
                    readonly "application/json": components["schemas"]["Health"];
                };
            };
            readonly default: components["responses"]["Failed"];
        };
    };
    readonly readVersion: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly responses: {
            /** @description Report the version, the process and the data store. */
            readonly 200: {
                content: {
                    readonly "application/json": components["schemas"]["Version"];
                };
            };
            readonly default: components["responses"]["Failed"];
        };
    };
    readonly readMetrics: {
        readonly parameters: {
            readonly query?: never;
            readonly header?: never;
            readonly path?: never;
            readonly cookie?: never;
        };
        readonly responses: {
            /** @description Metrics as Prometheus reads them. */
            readonly 200: {
                content: {
                    readonly "text/plain": string;
                };
            };
            readonly default: components["responses"]["Failed"];
        };
    };
}
