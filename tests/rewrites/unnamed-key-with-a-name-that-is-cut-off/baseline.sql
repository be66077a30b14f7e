CREATE TABLE companies (registration_number text, country_of_registration text,
  UNIQUE (registration_number, country_of_registration));
CREATE TABLE subscription_renewals (registration_number text, country_of_registration text);
