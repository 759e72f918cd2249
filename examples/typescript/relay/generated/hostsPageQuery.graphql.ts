/**
 * @generated SignedSource<<e2219c462a1d93cc0236c8562d69a616>>
 * @relayHash e60fc79256e0f6164bdd2e3e3a5aa335
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

// @relayRequestID d98cb805d3c88c6df3e16f4e8200a3cb6e0ca5aa5d673729c5ffbab6ded663bc

import { ConcreteRequest } from 'relay-runtime';
import { FragmentRefs } from "relay-runtime";
export type HostFilter = {
  availabilityZones?: ReadonlyArray<string> | null | undefined;
  clusters?: ReadonlyArray<string> | null | undefined;
  cpuArchitectures?: ReadonlyArray<string> | null | undefined;
  hostIds?: ReadonlyArray<string> | null | undefined;
  nameContains?: string | null | undefined;
  racks?: ReadonlyArray<string> | null | undefined;
  regions?: ReadonlyArray<string> | null | undefined;
  rooms?: ReadonlyArray<string> | null | undefined;
  serialNumbers?: ReadonlyArray<string> | null | undefined;
  textContains?: string | null | undefined;
};
export type hostsPageQuery$variables = {
  after?: string | null | undefined;
  filter?: HostFilter | null | undefined;
  first: number;
};
export type hostsPageQuery$data = {
  readonly " $fragmentSpreads": FragmentRefs<"hostsList">;
};
export type hostsPageQuery = {
  response: hostsPageQuery$data;
  variables: hostsPageQuery$variables;
};

const node: ConcreteRequest = (function(){
var v0 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "after"
},
v1 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "filter"
},
v2 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "first"
},
v3 = [
  {
    "kind": "Variable",
    "name": "after",
    "variableName": "after"
  },
  {
    "kind": "Variable",
    "name": "filter",
    "variableName": "filter"
  },
  {
    "kind": "Variable",
    "name": "first",
    "variableName": "first"
  }
],
v4 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
};
return {
  "fragment": {
    "argumentDefinitions": [
      (v0/*:: as any*/),
      (v1/*:: as any*/),
      (v2/*:: as any*/)
    ],
    "kind": "Fragment",
    "metadata": null,
    "name": "hostsPageQuery",
    "selections": [
      {
        "args": (v3/*:: as any*/),
        "kind": "FragmentSpread",
        "name": "hostsList"
      }
    ],
    "type": "Query",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": [
      (v2/*:: as any*/),
      (v0/*:: as any*/),
      (v1/*:: as any*/)
    ],
    "kind": "Operation",
    "name": "hostsPageQuery",
    "selections": [
      {
        "alias": null,
        "args": (v3/*:: as any*/),
        "concreteType": "HostConnection",
        "kind": "LinkedField",
        "name": "hosts",
        "plural": false,
        "selections": [
          {
            "alias": null,
            "args": null,
            "concreteType": "HostEdge",
            "kind": "LinkedField",
            "name": "edges",
            "plural": true,
            "selections": [
              {
                "alias": null,
                "args": null,
                "concreteType": "Host",
                "kind": "LinkedField",
                "name": "node",
                "plural": false,
                "selections": [
                  {
                    "alias": null,
                    "args": null,
                    "kind": "ScalarField",
                    "name": "hostId",
                    "storageKey": null
                  },
                  {
                    "alias": null,
                    "args": null,
                    "kind": "ScalarField",
                    "name": "name",
                    "storageKey": null
                  },
                  {
                    "alias": null,
                    "args": null,
                    "concreteType": "Region",
                    "kind": "LinkedField",
                    "name": "region",
                    "plural": false,
                    "selections": [
                      {
                        "alias": null,
                        "args": null,
                        "kind": "ScalarField",
                        "name": "code",
                        "storageKey": null
                      },
                      (v4/*:: as any*/)
                    ],
                    "storageKey": null
                  },
                  {
                    "alias": null,
                    "args": [
                      {
                        "kind": "Literal",
                        "name": "first",
                        "value": 3
                      }
                    ],
                    "concreteType": "VirtualMachineConnection",
                    "kind": "LinkedField",
                    "name": "virtualMachines",
                    "plural": false,
                    "selections": [
                      {
                        "alias": null,
                        "args": null,
                        "kind": "ScalarField",
                        "name": "totalCount",
                        "storageKey": null
                      }
                    ],
                    "storageKey": "virtualMachines(first:3)"
                  },
                  (v4/*:: as any*/),
                  {
                    "alias": null,
                    "args": null,
                    "kind": "ScalarField",
                    "name": "__typename",
                    "storageKey": null
                  }
                ],
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "cursor",
                "storageKey": null
              }
            ],
            "storageKey": null
          },
          {
            "alias": null,
            "args": null,
            "concreteType": "PageInfo",
            "kind": "LinkedField",
            "name": "pageInfo",
            "plural": false,
            "selections": [
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "endCursor",
                "storageKey": null
              },
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "hasNextPage",
                "storageKey": null
              }
            ],
            "storageKey": null
          }
        ],
        "storageKey": null
      },
      {
        "alias": null,
        "args": (v3/*:: as any*/),
        "filters": [
          "filter"
        ],
        "handle": "connection",
        "key": "hostsList_hosts",
        "kind": "LinkedHandle",
        "name": "hosts"
      }
    ]
  },
  "params": {
    "id": "d98cb805d3c88c6df3e16f4e8200a3cb6e0ca5aa5d673729c5ffbab6ded663bc",
    "metadata": {},
    "name": "hostsPageQuery",
    "operationKind": "query",
    "text": null
  }
};
})();

(node as any).hash = "a9c2c9179921fb4c9f60c0ecaead7d61";

export default node;
