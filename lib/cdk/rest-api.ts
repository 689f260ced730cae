import { Duration } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { ApiGatewayDomain } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import { isStreamed } from '../host/lambda-settings';
import type { DomainOptions } from './options';
import type { Settled } from './settle';

/** A poll of 60 s and what comes before and after it. */
const STREAMED_SECONDS = 70;
/** SDKs put it before the host for StartSyncExecution and TestState. */
const SYNC_PREFIX = 'sync-';

/** The door: POST / to the function, whatever the action. Signatures are the function's to check. */
export class RestApi extends Construct {
  readonly api: apigateway.RestApi;
  readonly endpoint: string;

  constructor(scope: Construct, id: string, options: Settled, handler: lambda.Function) {
    super(scope, id);
    const { name, stage, requestRate, domain, pollSeconds } = options;
    this.api = new apigateway.RestApi(this, 'Api', {
      restApiName: name,
      description: 'Stepwell: the Step Functions API',
      endpointTypes: [apigateway.EndpointType.REGIONAL],
      // Signatures are over the exact bytes.
      binaryMediaTypes: ['*/*'],
      cloudWatchRole: false,
      deployOptions: {
        stageName: stage,
        ...(requestRate && {
          throttlingRateLimit: requestRate.perSecond,
          throttlingBurstLimit: requestRate.burst,
        }),
      },
    });
    // Its stack has an output for the endpoint.
    this.api.node.tryRemoveChild('Endpoint');
    const integration = new apigateway.LambdaIntegration(handler, {
      allowTestInvoke: false,
      ...(isStreamed(pollSeconds) && {
        responseTransferMode: apigateway.ResponseTransferMode.STREAM,
        timeout: Duration.seconds(STREAMED_SECONDS),
      }),
    });
    this.api.root.addMethod('POST', integration, { authorizationType: apigateway.AuthorizationType.NONE });
    if (domain) for (const prefix of ['', SYNC_PREFIX]) this.addName(domain, prefix);
    this.endpoint = domain ? `https://${domain.name}/` : this.api.url;
  }

  private addName({ name, certificateArn, hostedZone }: DomainOptions, prefix: string): void {
    const id = prefix === '' ? 'Domain' : 'SyncDomain';
    const domainName = new apigateway.DomainName(this, id, {
      domainName: prefix + name,
      certificate: acm.Certificate.fromCertificateArn(this, `${id}Certificate`, certificateArn),
      endpointType: apigateway.EndpointType.REGIONAL,
      securityPolicy: apigateway.SecurityPolicy.TLS_1_2,
      mapping: this.api,
    });
    if (!hostedZone) return;
    new route53.ARecord(this, `${id}Record`, {
      zone: route53.HostedZone.fromHostedZoneAttributes(this, `${id}Zone`, {
        hostedZoneId: hostedZone.id,
        zoneName: hostedZone.name,
      }),
      recordName: prefix + name,
      target: route53.RecordTarget.fromAlias(new ApiGatewayDomain(domainName)),
    });
  }
}
