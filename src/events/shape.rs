//! The parts of a CloudTrail record that ecrmon reads (CloudTrail user guide, "CloudTrail record contents"; samples of
//! the ECR user guide). Every field is optional, and one of another kind than documented counts as absent.

use serde::Deserialize;

use super::json::{List, Object, Text};

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Record<'a> {
    #[serde(borrow, rename = "eventID")]
    pub event_id: Text<'a>,
    #[serde(borrow)]
    pub event_time: Text<'a>,
    #[serde(borrow)]
    pub event_source: Text<'a>,
    #[serde(borrow)]
    pub event_name: Text<'a>,
    #[serde(borrow)]
    pub event_type: Text<'a>,
    #[serde(borrow)]
    pub aws_region: Text<'a>,
    #[serde(borrow, rename = "sourceIPAddress")]
    pub source_ip_address: Text<'a>,
    #[serde(borrow)]
    pub user_agent: Text<'a>,
    #[serde(borrow)]
    pub error_code: Text<'a>,
    #[serde(borrow)]
    pub error_message: Text<'a>,
    #[serde(borrow, rename = "requestID")]
    pub request_id: Text<'a>,
    #[serde(borrow)]
    pub read_only: Text<'a>,
    #[serde(borrow)]
    pub recipient_account_id: Text<'a>,
    #[serde(borrow, rename = "sharedEventID")]
    pub shared_event_id: Text<'a>,
    #[serde(borrow)]
    pub vpc_endpoint_id: Text<'a>,
    #[serde(borrow)]
    pub user_identity: Object<UserIdentity<'a>>,
    #[serde(borrow)]
    pub request_parameters: Object<Request<'a>>,
    #[serde(borrow)]
    pub response_elements: Object<Response<'a>>,
    #[serde(borrow)]
    pub service_event_details: Object<ServiceEvent<'a>>,
    #[serde(borrow)]
    pub resources: List<Object<Resource<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct UserIdentity<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Text<'a>,
    #[serde(borrow)]
    pub principal_id: Text<'a>,
    #[serde(borrow)]
    pub arn: Text<'a>,
    #[serde(borrow)]
    pub account_id: Text<'a>,
    #[serde(borrow)]
    pub access_key_id: Text<'a>,
    #[serde(borrow)]
    pub user_name: Text<'a>,
    #[serde(borrow)]
    pub invoked_by: Text<'a>,
    #[serde(borrow)]
    pub identity_provider: Text<'a>,
    #[serde(borrow)]
    pub on_behalf_of: Object<OnBehalfOf<'a>>,
    #[serde(borrow)]
    pub session_context: Object<SessionContext<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct OnBehalfOf<'a> {
    #[serde(borrow)]
    pub user_id: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct SessionContext<'a> {
    #[serde(borrow)]
    pub session_issuer: Object<SessionIssuer<'a>>,
    #[serde(borrow)]
    pub source_identity: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct SessionIssuer<'a> {
    #[serde(borrow)]
    pub arn: Text<'a>,
    #[serde(borrow)]
    pub user_name: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Request<'a> {
    #[serde(borrow)]
    pub repository_name: Text<'a>,
    #[serde(borrow)]
    pub registry_id: Text<'a>,
    #[serde(borrow)]
    pub resource_arn: Text<'a>,
    #[serde(borrow)]
    pub image_ids: List<Object<ImageId<'a>>>,
    #[serde(borrow)]
    pub image_id: Object<ImageId<'a>>,
    #[serde(borrow)]
    pub image_tag: Text<'a>,
    #[serde(borrow)]
    pub image_digest: Text<'a>,
    #[serde(borrow)]
    pub policy_text: Text<'a>,
    #[serde(borrow)]
    pub target_storage_class: Text<'a>,
    #[serde(borrow)]
    pub image_tag_mutability: Text<'a>,
    #[serde(borrow)]
    pub image_scanning_configuration: Object<Scanning<'a>>,
    #[serde(borrow)]
    pub ecr_repository_prefix: Text<'a>,
    #[serde(borrow)]
    pub prefix: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Scanning<'a> {
    #[serde(borrow)]
    pub scan_on_push: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ImageId<'a> {
    #[serde(borrow)]
    pub image_tag: Text<'a>,
    #[serde(borrow)]
    pub image_digest: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Response<'a> {
    #[serde(borrow)]
    pub repository: Object<Repository<'a>>,
    #[serde(borrow)]
    pub image: Object<ImageOfResponse<'a>>,
    #[serde(borrow)]
    pub image_ids: List<Object<ImageId<'a>>>,
    #[serde(borrow)]
    pub failures: List<Object<Failure<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Repository<'a> {
    #[serde(borrow)]
    pub repository_name: Text<'a>,
    #[serde(borrow)]
    pub registry_id: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ImageOfResponse<'a> {
    #[serde(borrow)]
    pub image_id: Object<ImageId<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Failure<'a> {
    #[serde(borrow)]
    pub image_id: Object<ImageId<'a>>,
    #[serde(borrow)]
    pub failure_code: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct ServiceEvent<'a> {
    #[serde(borrow)]
    pub repository_name: Text<'a>,
    #[serde(borrow)]
    pub lifecycle_event_image_actions: List<Object<LifecycleAction<'a>>>,
    #[serde(borrow)]
    pub lifecycle_event_failure_details: List<Object<LifecycleAction<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct LifecycleAction<'a> {
    #[serde(borrow)]
    pub lifecycle_event_image: Object<LifecycleImage<'a>>,
    #[serde(borrow)]
    pub failure_code: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct LifecycleImage<'a> {
    #[serde(borrow)]
    pub digest: Text<'a>,
    #[serde(borrow)]
    pub tag_list: List<Text<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Resource<'a> {
    #[serde(borrow, rename = "ARN")]
    pub arn: Text<'a>,
    /// The same, as it is seen in some records.
    #[serde(borrow, rename = "arn")]
    pub lower_case_arn: Text<'a>,
    #[serde(borrow, rename = "accountId")]
    pub account_id: Text<'a>,
}
