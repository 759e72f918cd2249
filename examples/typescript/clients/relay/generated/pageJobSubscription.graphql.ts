/**
 * @generated SignedSource<<56f5336a9145c0fdd35c0251751693a6>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type MeterJobEventKind = "LAGGED" | "STATE" | "%future added value";
export type pageJobSubscription$variables = {
  jobId: string;
};
export type pageJobSubscription$data = {
  readonly meterJob: {
    readonly job: {
      readonly jobId: string;
    };
    readonly kind: MeterJobEventKind;
  };
};
export type pageJobSubscription = {
  response: pageJobSubscription$data;
  variables: pageJobSubscription$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "jobId"
  }
],
v1 = [
  {
    "kind": "Variable",
    "name": "jobId",
    "variableName": "jobId"
  }
],
v2 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "kind",
  "storageKey": null
},
v3 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "jobId",
  "storageKey": null
};
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "pageJobSubscription",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "MeterJobEvent",
        "kind": "LinkedField",
        "name": "meterJob",
        "plural": false,
        "selections": [
          (v2/*:: as any*/),
          {
            "alias": null,
            "args": null,
            "concreteType": "MeterJob",
            "kind": "LinkedField",
            "name": "job",
            "plural": false,
            "selections": [
              (v3/*:: as any*/)
            ],
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ],
    "type": "Subscription",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "pageJobSubscription",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "MeterJobEvent",
        "kind": "LinkedField",
        "name": "meterJob",
        "plural": false,
        "selections": [
          (v2/*:: as any*/),
          {
            "alias": null,
            "args": null,
            "concreteType": "MeterJob",
            "kind": "LinkedField",
            "name": "job",
            "plural": false,
            "selections": [
              (v3/*:: as any*/),
              {
                "alias": null,
                "args": null,
                "kind": "ScalarField",
                "name": "id",
                "storageKey": null
              }
            ],
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "f47e35bd971173972b515f1a5f2b1f47",
    "id": null,
    "metadata": {},
    "name": "pageJobSubscription",
    "operationKind": "subscription",
    "text": "subscription pageJobSubscription(\n  $jobId: String!\n) {\n  meterJob(jobId: $jobId) {\n    kind\n    job {\n      jobId\n      id\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "776334f8700bcc22c297cba37a47287b";

export default node;
