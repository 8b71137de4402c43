//! Who made a call, as people know them (CloudTrail user guide, "CloudTrail userIdentity element").

use super::shape::UserIdentity;

/// The principal in words; `None` where the record does not say who it was.
pub(super) fn of(who: &UserIdentity<'_>) -> Option<String> {
    let name = || who.user_name.get();
    match who.kind.get() {
        Some("Root") => Some(
            name()
                .or(who.account_id.get())
                .map_or_else(|| "root".to_owned(), |account| format!("root ({account})")),
        ),
        Some("IAMUser") => name()
            .or_else(|| after_last(who.arn.get()?, '/'))
            .map(|name| format!("user/{name}")),
        Some("AssumedRole") => assumed_role(who),
        Some("Role") => who.arn.get().map(str::to_owned),
        Some("FederatedUser") => federated_user(who),
        Some("SAMLUser" | "WebIdentityUser") => {
            name().map(|name| with_origin(name, who.identity_provider.get()))
        }
        Some("IdentityCenterUser") => who
            .on_behalf_of
            .0
            .user_id
            .get()
            .map(|user| format!("idc/{user}")),
        Some("Directory") => name().map(str::to_owned),
        Some("AWSAccount") => who
            .account_id
            .get()
            .map(|account| format!("account/{account}")),
        Some("AWSService") => who
            .invoked_by
            .get()
            .map(|service| format!("service/{service}")),
        _ => None,
    }
    .or_else(|| fallback(who))
}

/// `role/ci (build-812)`, and who stands behind the session if they said so.
fn assumed_role(who: &UserIdentity<'_>) -> Option<String> {
    let context = &who.session_context.0;
    let issuer = &context.session_issuer.0;
    let role = issuer
        .user_name
        .get()
        .or_else(|| after_last(issuer.arn.get()?, '/'))
        .or_else(|| who.arn.get()?.split('/').nth(1))?;
    let session = who
        .arn
        .get()
        .and_then(|arn| after_last(arn, '/'))
        .or_else(|| Some(who.principal_id.get()?.split_once(':')?.1));
    let behind = context
        .source_identity
        .get()
        .filter(|behind| Some(*behind) != session);
    Some(match (session, behind) {
        (Some(session), Some(behind)) => {
            ["role/", role, " (", session, ", as ", behind, ")"].concat()
        }
        (Some(one), None) | (None, Some(one)) => ["role/", role, " (", one, ")"].concat(),
        (None, None) => format!("role/{role}"),
    })
}

fn federated_user(who: &UserIdentity<'_>) -> Option<String> {
    let name = who
        .arn
        .get()
        .and_then(|arn| after_last(arn, '/'))
        .or_else(|| Some(who.principal_id.get()?.split_once(':')?.1))
        .or_else(|| who.user_name.get())?;
    let issuer = who.session_context.0.session_issuer.0.user_name.get();
    Some(with_origin(&format!("federated/{name}"), issuer))
}

/// What a record without a known type of identity, or without the field that names it, still tells.
fn fallback(who: &UserIdentity<'_>) -> Option<String> {
    who.invoked_by
        .get()
        .map(|service| format!("service/{service}"))
        .or_else(|| who.arn.get().map(str::to_owned))
        .or_else(|| {
            who.account_id
                .get()
                .map(|account| format!("account/{account}"))
        })
}

fn with_origin(name: &str, origin: Option<&str>) -> String {
    origin.map_or_else(|| name.to_owned(), |origin| format!("{name} ({origin})"))
}

fn after_last(text: &str, separator: char) -> Option<&str> {
    text.rsplit_once(separator).map(|(_, last)| last)
}

#[cfg(test)]
#[path = "principal_tests.rs"]
mod tests;
