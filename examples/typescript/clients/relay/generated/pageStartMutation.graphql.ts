/**
 * @generated SignedSource<<756921aafe1d794a8f3cef4e20e759b2>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import { ConcreteRequest } from 'relay-runtime';
export type CreateMeterJobInput = {
  domainId?: string | null | undefined;
  from?: string | null | undefined;
  hcsoId?: string | null | undefined;
  idempotencyKey?: string | null | undefined;
  regionId?: string | null | undefined;
  to?: string | null | undefined;
};
export type pageStartMutation$variables = {
  input: CreateMeterJobInput;
};
export type pageStartMutation$data = {
  readonly createMeterJob: {
    readonly meterJob: {
      readonly jobId: string;
    } | null | undefined;
  } | null | undefined;
};
export type pageStartMutation = {
  response: pageStartMutation$data;
  variables: pageStartMutation$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "input"
  }
],
v1 = [
  {
    "kind": "Variable",
    "name": "input",
    "variableName": "input"
  }
],
v2 = {
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
    "name": "pageStartMutation",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "CreateMeterJobPayload",
        "kind": "LinkedField",
        "name": "createMeterJob",
        "plural": false,
        "selections": [
          {
            "alias": null,
            "args": null,
            "concreteType": "MeterJob",
            "kind": "LinkedField",
            "name": "meterJob",
            "plural": false,
            "selections": [
              (v2/*:: as any*/)
            ],
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ],
    "type": "Mutation",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "pageStartMutation",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "CreateMeterJobPayload",
        "kind": "LinkedField",
        "name": "createMeterJob",
        "plural": false,
        "selections": [
          {
            "alias": null,
            "args": null,
            "concreteType": "MeterJob",
            "kind": "LinkedField",
            "name": "meterJob",
            "plural": false,
            "selections": [
              (v2/*:: as any*/),
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
    "cacheID": "ac09e8379a66fa4161e26a2935ff0144",
    "id": null,
    "metadata": {},
    "name": "pageStartMutation",
    "operationKind": "mutation",
    "text": "mutation pageStartMutation(\n  $input: CreateMeterJobInput!\n) {\n  createMeterJob(input: $input) {\n    meterJob {\n      jobId\n      id\n    }\n  }\n}\n"
  }
};
})();

(node as any).hash = "604be0551dcbc6d0a9085ed16c5a8843";

export default node;
