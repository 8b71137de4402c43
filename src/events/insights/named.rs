//! Queries worth having at hand, by name. They are about successes and failures alike unless their name says otherwise.

use serde::Serialize;

/// A query with its name and what it answers.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Named {
    pub name: &'static str,
    pub answers: &'static str,
    pub query: &'static str,
}

/// Every named query, in the order that they are listed.
pub(crate) const NAMED: [Named; 10] = [
    Named {
        name: "latest",
        answers: "the latest calls: who did what, from where",
        query: r#"fields eventTime, eventName, coalesce(requestParameters.repositoryName, serviceEventDetails.repositoryName) as repository, requestParameters.imageTag as tag, userIdentity.arn as principal, sourceIPAddress as address, errorCode | filter eventSource = "ecr.amazonaws.com" | sort @timestamp desc | limit 100"#,
    },
    Named {
        name: "calls-by-name",
        answers: "how often each of ECR's calls was made",
        query: r#"filter eventSource = "ecr.amazonaws.com" | stats count(*) as calls by eventName | sort calls desc"#,
    },
    Named {
        name: "calls-by-principal",
        answers: "who makes how many calls",
        query: r#"filter eventSource = "ecr.amazonaws.com" | stats count(*) as calls by userIdentity.arn as principal | sort calls desc"#,
    },
    Named {
        name: "pushes-by-hour",
        answers: "how many images each repository received in each hour",
        query: r#"filter eventSource = "ecr.amazonaws.com" and eventName = "PutImage" and not ispresent(errorCode) | stats count(*) as pushes by bin(1h) as hour, requestParameters.repositoryName as repository | sort hour desc, pushes desc"#,
    },
    Named {
        name: "pulls-by-repository",
        answers: "how often manifests of each repository were pulled",
        query: r#"filter eventSource = "ecr.amazonaws.com" and eventName = "BatchGetImage" and not ispresent(errorCode) | stats count(*) as pulls by requestParameters.repositoryName as repository | sort pulls desc"#,
    },
    Named {
        name: "pulls-by-principal",
        answers: "who pulls how much from where",
        query: r#"filter eventSource = "ecr.amazonaws.com" and eventName = "BatchGetImage" and not ispresent(errorCode) | stats count(*) as pulls by userIdentity.arn as principal, requestParameters.repositoryName as repository | sort pulls desc"#,
    },
    Named {
        name: "errors",
        answers: "which calls fail, why, and for whom",
        query: r#"filter eventSource = "ecr.amazonaws.com" and ispresent(errorCode) | stats count(*) as calls by errorCode, eventName, userIdentity.arn as principal | sort calls desc"#,
    },
    Named {
        name: "deletions",
        answers: "what was deleted, by people and by lifecycle policies",
        query: r#"fields eventTime, eventName, coalesce(requestParameters.repositoryName, serviceEventDetails.repositoryName) as repository, userIdentity.arn as principal, errorCode | filter eventSource = "ecr.amazonaws.com" and eventName in ["BatchDeleteImage", "DeleteRepository", "PolicyExecutionEvent"] | sort @timestamp desc"#,
    },
    Named {
        name: "policy-changes",
        answers: "who changed what a registry or a repository allows and how it is set up",
        query: r#"fields eventTime, eventName, requestParameters.repositoryName as repository, userIdentity.arn as principal, errorCode | filter eventSource = "ecr.amazonaws.com" and eventName in ["SetRepositoryPolicy", "DeleteRepositoryPolicy", "PutRegistryPolicy", "DeleteRegistryPolicy", "PutLifecyclePolicy", "DeleteLifecyclePolicy", "PutImageTagMutability", "PutImageScanningConfiguration", "PutRegistryScanningConfiguration", "PutReplicationConfiguration"] | sort @timestamp desc"#,
    },
    Named {
        name: "denied",
        answers: "what was denied to whom",
        query: r#"fields eventTime, eventName, requestParameters.repositoryName as repository, userIdentity.arn as principal, sourceIPAddress as address, errorMessage | filter eventSource = "ecr.amazonaws.com" and (errorCode like "AccessDenied" or errorCode like "Unauthorized") | sort @timestamp desc"#,
    },
];

/// The query of that name.
pub(crate) fn find(name: &str) -> Option<&'static Named> {
    NAMED.iter().find(|named| named.name == name)
}
