"""Property definitions of companies."""

from hubspot_sandbox.catalogue.choices import LEAD_STATUS, LIFECYCLE, SOURCE, TRAFFIC, YES_NO
from hubspot_sandbox.catalogue.rows import Row

INDUSTRIES = (
    "ACCOUNTING=Accounting|AIRLINES_AVIATION=Airlines/Aviation|APPAREL_FASHION=Apparel & Fashion"
    "|AUTOMOTIVE=Automotive|BANKING=Banking|BIOTECHNOLOGY=Biotechnology|COMPUTER_SOFTWARE=Computer Software"
    "|CONSTRUCTION=Construction|CONSUMER_GOODS=Consumer Goods|EDUCATION_MANAGEMENT=Education Management"
    "|FINANCIAL_SERVICES=Financial Services|FOOD_BEVERAGES=Food & Beverages"
    "|HOSPITAL_HEALTH_CARE=Hospital & Health Care|HOSPITALITY=Hospitality"
    "|INFORMATION_TECHNOLOGY_AND_SERVICES=Information Technology and Services|INSURANCE=Insurance"
    "|LOGISTICS_AND_SUPPLY_CHAIN=Logistics and Supply Chain|MANAGEMENT_CONSULTING=Management Consulting"
    "|MARKETING_AND_ADVERTISING=Marketing and Advertising|REAL_ESTATE=Real Estate|RETAIL=Retail"
    "|TELECOMMUNICATIONS=Telecommunications|TRANSPORTATION_TRUCKING_RAILROAD=Transportation/Trucking/Railroad"
    "|WHOLESALE=Wholesale"
)

COMPANIES: list[Row] = [
    ("name", "Company name", "string/text", "", ""),
    ("domain", "Company Domain Name", "string/text", "", ""),
    ("phone", "Phone Number", "string/phonenumber", "", ""),
    ("address", "Street Address", "string/text", "", ""),
    ("address2", "Street Address 2", "string/text", "bare", ""),
    ("city", "City", "string/text", "", ""),
    ("state", "State/Region", "string/text", "", ""),
    ("country", "Country/Region", "string/text", "", ""),
    ("zip", "Postal Code", "string/text", "bare", ""),
    ("website", "Website URL", "string/text", "", ""),
    ("numberofemployees", "Number of Employees", "number/number", "", ""),
    ("annualrevenue", "Annual Revenue", "number/number", "", ""),
    ("description", "Description", "string/textarea", "", ""),
    ("founded_year", "Year Founded", "string/text", "", ""),
    ("industry", "Industry", "enumeration/select", "", INDUSTRIES),
    (
        "type",
        "Type",
        "enumeration/select",
        "",
        "PROSPECT=Prospect|PARTNER=Partner|RESELLER=Reseller|VENDOR=Vendor",
    ),
    ("lifecyclestage", "Lifecycle Stage", "enumeration/radio", "", LIFECYCLE),
    ("hs_lead_status", "Lead Status", "enumeration/radio", "", LEAD_STATUS),
    ("hubspot_owner_id", "Company owner", "enumeration/select", "external", ""),
    ("about_us", "About Us", "string/textarea", "", ""),
    ("timezone", "Time Zone", "string/text", "", ""),
    ("twitterhandle", "Twitter Handle", "string/text", "", ""),
    ("linkedin_company_page", "LinkedIn Company Page", "string/text", "", ""),
    ("facebook_company_page", "Facebook Company Page", "string/text", "", ""),
    ("total_money_raised", "Total Money Raised", "string/text", "", ""),
    ("is_public", "Is Public", "bool/booleancheckbox", "", YES_NO),
    ("closedate", "Close Date", "datetime/date", "", ""),
    (
        "web_technologies",
        "Web Technologies",
        "enumeration/checkbox",
        "",
        "shopify=Shopify|wordpress=WordPress|react=React",
    ),
    ("hs_additional_domains", "Additional Domains", "string/text", "", ""),
    ("hs_logo_url", "Logo URL", "string/file", "", ""),
    ("createdate", "Create Date", "datetime/date", "ro", ""),
    ("hs_lastmodifieddate", "Last Modified Date", "datetime/date", "ro", ""),
    ("hs_object_id", "Record ID", "number/number", "ro unique", ""),
    ("hs_object_source", "Record creation source", "enumeration/select", "ro hidden", SOURCE),
    ("hs_object_source_id", "Record creation source ID", "string/text", "ro hidden", ""),
    ("hs_object_source_label", "Record source", "enumeration/select", "ro", SOURCE),
    ("hs_object_source_detail_1", "Record source detail 1", "string/text", "ro", ""),
    ("hs_merged_object_ids", "Merged Record IDs", "string/text", "ro", ""),
    ("num_associated_contacts", "Number of Associated Contacts", "number/calculation_rollup", "calc ro", ""),
    ("hs_num_open_deals", "Number of Open Deals", "number/calculation_rollup", "calc ro", ""),
    ("days_to_close", "Days to Close", "number/number", "calc", ""),
    ("hs_score_grade", "Score grade", "string/calculation_equation", "calc ro", ""),
    ("hs_analytics_source", "Original Traffic Source", "enumeration/select", "ro", TRAFFIC),
    ("hs_pinned_engagement_id", "Pinned Engagement ID", "number/number", "hidden", ""),
    ("hs_annual_revenue_note", "Annual revenue note (internal)", "string/text", "hidden", ""),
    ("hs_location", "Location (internal)", "object_coordinates/text", "hidden", ""),
    ("torihiki_rank", "取引先ランク", "string/text", "custom", ""),
    ("number_of_branches", "Number of branches", "number/number", "custom", ""),
    ("account_notes", "Account notes", "string/html", "custom", ""),
    ("contract_renewal_date", "Contract renewal date", "date/date", "custom", ""),
    ("erp_number", "ERP number", "string/text", "custom unique", ""),
    ("old_crm_code", "Old CRM code", "string/text", "custom archived", ""),
    ("bank_account_number", "Bank account number", "string/text", "custom sensitive", ""),
]
