"""Option lists that companies and contacts share."""

LIFECYCLE = (
    "subscriber=Subscriber|lead=Lead|marketingqualifiedlead=Marketing Qualified Lead"
    "|salesqualifiedlead=Sales Qualified Lead|opportunity=Opportunity|customer=Customer"
    "|evangelist=Evangelist|other=Other"
)
LEAD_STATUS = (
    "NEW=New|OPEN=Open|IN_PROGRESS=In Progress|OPEN_DEAL=Open Deal|UNQUALIFIED=Unqualified"
    "|ATTEMPTED_TO_CONTACT=Attempted to Contact|CONNECTED=Connected|BAD_TIMING=Bad Timing"
)
SOURCE = "CONTACTS|CRM_UI|CRM_SETTING|FORM|IMPORT|INTEGRATION|MEETINGS"
TRAFFIC = (
    "ORGANIC_SEARCH=Organic Search|PAID_SEARCH=Paid Search|EMAIL_MARKETING=Email Marketing"
    "|DIRECT_TRAFFIC=Direct Traffic|OFFLINE=Offline Sources"
)
YES_NO = "true=Yes|false=No"
