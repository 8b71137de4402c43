//! The parts of a CloudTrail record that ecrmon reads (CloudTrail user guide, "CloudTrail record contents"; samples of
//! the ECR user guide). Every field is optional, and one of another kind than documented counts as absent.

use super::json::{List, Members, Object, Reader, Text, Value};

/// An object of a record: its members' types and their names in JSON.
macro_rules! object {
    ($object:ident { $($field:ident: $kind:ty = $name:literal,)* }) => {
        #[derive(Debug, Default)]
        pub(super) struct $object<'t> {
            $(pub $field: $kind,)*
        }

        impl<'t> Members<'t> for $object<'t> {
            fn member(&mut self, name: &str, reader: &mut Reader<'t>) -> Option<()> {
                match name {
                    $($name => self.$field.read(reader),)*
                    _ => reader.skip(),
                }
            }
        }
    };
}

object!(Record {
    event_id: Text<'t> = "eventID",
    event_time: Text<'t> = "eventTime",
    event_source: Text<'t> = "eventSource",
    event_name: Text<'t> = "eventName",
    event_type: Text<'t> = "eventType",
    aws_region: Text<'t> = "awsRegion",
    source_ip_address: Text<'t> = "sourceIPAddress",
    user_agent: Text<'t> = "userAgent",
    error_code: Text<'t> = "errorCode",
    error_message: Text<'t> = "errorMessage",
    request_id: Text<'t> = "requestID",
    read_only: Text<'t> = "readOnly",
    recipient_account_id: Text<'t> = "recipientAccountId",
    shared_event_id: Text<'t> = "sharedEventID",
    vpc_endpoint_id: Text<'t> = "vpcEndpointId",
    user_identity: Object<UserIdentity<'t>> = "userIdentity",
    request_parameters: Object<Request<'t>> = "requestParameters",
    response_elements: Object<Response<'t>> = "responseElements",
    service_event_details: Object<ServiceEvent<'t>> = "serviceEventDetails",
    resources: List<Object<Resource<'t>>> = "resources",
});

object!(UserIdentity {
    kind: Text<'t> = "type",
    principal_id: Text<'t> = "principalId",
    arn: Text<'t> = "arn",
    account_id: Text<'t> = "accountId",
    access_key_id: Text<'t> = "accessKeyId",
    user_name: Text<'t> = "userName",
    invoked_by: Text<'t> = "invokedBy",
    identity_provider: Text<'t> = "identityProvider",
    on_behalf_of: Object<OnBehalfOf<'t>> = "onBehalfOf",
    session_context: Object<SessionContext<'t>> = "sessionContext",
});

object!(OnBehalfOf {
    user_id: Text<'t> = "userId",
});

object!(SessionContext {
    session_issuer: Object<SessionIssuer<'t>> = "sessionIssuer",
    source_identity: Text<'t> = "sourceIdentity",
});

object!(SessionIssuer {
    arn: Text<'t> = "arn",
    user_name: Text<'t> = "userName",
});

object!(Request {
    repository_name: Text<'t> = "repositoryName",
    registry_id: Text<'t> = "registryId",
    resource_arn: Text<'t> = "resourceArn",
    image_ids: List<Object<ImageId<'t>>> = "imageIds",
    image_id: Object<ImageId<'t>> = "imageId",
    image_tag: Text<'t> = "imageTag",
    image_digest: Text<'t> = "imageDigest",
    policy_text: Text<'t> = "policyText",
    target_storage_class: Text<'t> = "targetStorageClass",
    image_tag_mutability: Text<'t> = "imageTagMutability",
    image_scanning_configuration: Object<Scanning<'t>> = "imageScanningConfiguration",
    ecr_repository_prefix: Text<'t> = "ecrRepositoryPrefix",
    prefix: Text<'t> = "prefix",
});

object!(Scanning {
    scan_on_push: Text<'t> = "scanOnPush",
});

object!(ImageId {
    image_tag: Text<'t> = "imageTag",
    image_digest: Text<'t> = "imageDigest",
});

object!(Response {
    repository: Object<Repository<'t>> = "repository",
    image: Object<ImageOfResponse<'t>> = "image",
    image_ids: List<Object<ImageId<'t>>> = "imageIds",
    failures: List<Object<Failure<'t>>> = "failures",
});

object!(Repository {
    repository_name: Text<'t> = "repositoryName",
    registry_id: Text<'t> = "registryId",
});

object!(ImageOfResponse {
    image_id: Object<ImageId<'t>> = "imageId",
});

object!(Failure {
    code: Text<'t> = "failureCode",
    reason: Text<'t> = "failureReason",
});

object!(ServiceEvent {
    repository_name: Text<'t> = "repositoryName",
    lifecycle_event_image_actions: List<Object<LifecycleAction<'t>>> = "lifecycleEventImageActions",
    lifecycle_event_failure_details: List<Object<LifecycleAction<'t>>> = "lifecycleEventFailureDetails",
});

object!(LifecycleAction {
    lifecycle_event_image: Object<LifecycleImage<'t>> = "lifecycleEventImage",
    failure_code: Text<'t> = "failureCode",
});

object!(LifecycleImage {
    digest: Text<'t> = "digest",
    tag_list: List<Text<'t>> = "tagList",
});

object!(Resource {
    arn: Text<'t> = "ARN",
    lower_case_arn: Text<'t> = "arn",
    account_id: Text<'t> = "accountId",
});
