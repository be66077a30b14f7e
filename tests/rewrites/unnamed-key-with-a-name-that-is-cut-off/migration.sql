ALTER TABLE subscription_renewals ADD FOREIGN KEY (registration_number, country_of_registration)
  REFERENCES companies (registration_number, country_of_registration);
