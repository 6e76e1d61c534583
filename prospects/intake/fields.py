"""The fields that a column can be mapped to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """A target of the mapping. `synonyms` are headers that mean it, folded, in several languages."""

    name: str
    label: str
    synonyms: tuple[str, ...]


def _field(name: str, label: str, synonyms: str) -> Field:
    return Field(name, label, tuple(part.strip() for part in synonyms.split(",")))


FIELDS: tuple[Field, ...] = (
    _field("name", "Company name", "name, company, company name, organization, organisation, organization name, organisation name, account, account name, business, business name, legal name, firm, employer, client, customer, brand, firma, firmenname, unternehmen, unternehmensname, firmenbezeichnung, societe, nom, nom de la societe, entreprise, raison sociale, denomination, empresa, nombre, nombre de la empresa, razon social, azienda, societa, ragione sociale, nome azienda, bedrijf, bedrijfsnaam, nome da empresa, nome, razao social, foretag, firmanavn, virksomhed, nazwa firmy, companyname"),
    _field("domain", "Website or domain", "domain, domain name, company domain, website, web site, web, url, site, homepage, home page, web address, company website, company url, website url, primary domain, webseite, internetseite, internetadresse, website adresse, site web, site internet, adresse web, sitio web, pagina web, dominio, sito, sito web, strona www, www, internet, hemsida, hjemmeside, webadres"),
    _field("industry", "Industry", "industry, industries, sector, vertical, company industry, primary industry, line of business, business type, category, segment, branche, branchen, industrie, wirtschaftszweig, secteur, secteur d activite, activite, sector industrial, industria, rubro, settore, categoria, bedrijfstak, setor, ramo, bransch, naics description, sic description, sub industry"),
    _field("description", "Description", "description, about, summary, company description, short description, overview, profile, what they do, beschreibung, unternehmensbeschreibung, kurzbeschreibung, descripcion, descrizione, beschrijving, descricao, apercu, keywords"),
    _field("employees", "Employees", "employees, number of employees, employee count, employee range, employees range, headcount, head count, company size, size, staff, no of employees, num employees, of employees, fte, ftes, team size, workforce, mitarbeiter, mitarbeiterzahl, anzahl mitarbeiter, beschaftigte, unternehmensgrosse, effectif, effectifs, salaries, nombre de salaries, nombre d employes, employes, empleados, numero de empleados, plantilla, dipendenti, numero dipendenti, medewerkers, aantal medewerkers, werknemers, funcionarios, numero de funcionarios, colaboradores, anstallda, antal anstallda, liczba pracownikow"),
    _field("revenue", "Revenue", "revenue, annual revenue, revenues, revenue range, estimated revenue, turnover, sales, annual sales, sales volume, sales revenue, arr, yearly revenue, revenue usd, revenue in usd, umsatz, jahresumsatz, chiffre d affaires, ca, ventas, facturacion, ingresos, ingresos anuales, fatturato, ricavi, omzet, jaaromzet, receita, faturamento, omsattning, przychody"),
    _field("stage", "Stage", "stage, company stage, growth stage, lifecycle stage, maturity, phase, unternehmensphase, stade, etapa, fase"),
    _field("funding", "Funding", "funding, funding stage, last funding, last funding type, funding round, latest funding, investment stage, finanzierung, finanzierungsrunde, financement, levee de fonds, financiacion, finanziamento, financiering, investimento"),
    _field("technologies", "Technologies", "technologies, technology, tech stack, tech, technographics, tools, software, stack, technologie, technologien, tecnologias, tecnologie, technologieen"),
    _field("founded_year", "Founded", "founded, founded year, year founded, founding year, established, year established, inception, foundation year, gegrundet, grundungsjahr, annee de creation, fondee en, date de creation, fundada, ano de fundacion, fundacion, anno di fondazione, fondata, opgericht, oprichtingsjaar, ano de fundacao, grundat"),
    _field("location", "Place (city, state, country)", "location, headquarters, hq, headquarter, hq location, headquarters location, company location, based in, place, standort, hauptsitz, sitz, siege, siege social, localisation, lieu, sede, sede central, ubicacion, localizacao, hoofdkantoor, locatie, hovedkontor"),
    _field("street", "Street", "street, address, street address, address 1, address line 1, address1, mailing address, strasse, adresse, anschrift, strasse hausnummer, strasse und hausnummer, rue, direccion, calle, domicilio, indirizzo, via, adres, straat, endereco, rua, adress, gatuadress, ulica"),
    _field("city", "City", "city, town, locality, company city, hq city, headquarters city, municipality, stadt, ort, ville, commune, ciudad, localidad, poblacion, municipio, citta, comune, stad, plaats, woonplaats, cidade, localidade, postort, by, miasto"),
    _field("region", "State or province", "state, province, region, state province, state region, county, company state, hq state, headquarters state, state or province, st, bundesland, kanton, departement, estado, provincia, comunidad autonoma, regione, provincie, estado uf, uf, lan, wojewodztwo"),
    _field("postal_code", "Postal code", "zip, zip code, zipcode, postal code, postcode, post code, postal, zip postal code, postleitzahl, plz, code postal, cp, codigo postal, cap, codice postale, cep, postnummer, kod pocztowy"),
    _field("country", "Country", "country, country code, nation, company country, hq country, headquarters country, country region, land, staat, pays, pais, paese, nazione, kraj"),
    _field("phone", "Phone", "phone, phone number, telephone, tel, company phone, main phone, business phone, phone no, telephone number, office phone, switchboard, corporate phone, telefon, telefonnummer, rufnummer, telefono, numero de telephone, numero de telefono, telefoon, telefoonnummer, telefone"),
    _field("email", "Company e-mail", "email, e mail, email address, e mail address, mail, company email, business email, contact email, general email, info email, emailadresse, e mail adresse, courriel, adresse email, correo, correo electronico, indirizzo email, posta elettronica, e mailadres, endereco de email, e post, epost"),
    _field("linkedin_url", "LinkedIn", "linkedin, linkedin url, linkedin profile, company linkedin, company linkedin url, linkedin page, linkedin company url"),
    _field("registry_number", "Registry number", "registry number, registration number, company number, company registration number, vat, vat number, vat id, tax id, ein, duns, duns number, siren, siret, crn, lei, abn, ust id, ustid, umsatzsteuer id, handelsregisternummer, handelsregister, registernummer, hrb, numero siren, numero de tva, cif, nif, rfc, cuit, partita iva, p iva, codice fiscale, kvk, kvk nummer, btw nummer, cnpj, organisationsnummer, org nr, cvr, nip, krs, regon, orgnr"),
    _field("person_name", "Person: name", "contact, contact name, full name, person, person name, contact person, key contact, primary contact, decision maker, lead name, ansprechpartner, kontaktperson, kontakt, nom du contact, contacto, nombre de contacto, persona de contacto, contatto, referente, contactpersoon, contato"),
    _field("person_first_name", "Person: first name", "first name, firstname, given name, forename, contact first name, vorname, prenom, nombre de pila, primer nombre, voornaam, primeiro nome, fornamn"),
    _field("person_last_name", "Person: last name", "last name, lastname, surname, family name, contact last name, nachname, familienname, nom de famille, apellido, apellidos, cognome, achternaam, sobrenome, efternamn"),
    _field("person_title", "Person: job title", "title, job title, position, role, contact title, job, designation, function, position title, funktion, berufsbezeichnung, jobtitel, poste, fonction, titre, cargo, puesto, ruolo, posizione, qualifica, functie, befattning"),
    _field("person_email", "Person: e-mail", "contact e mail, contact email address, work email, person email, personal email, direct email, lead email, email contact, e mail ansprechpartner, email du contact, email de contacto"),
    _field("person_phone", "Person: phone", "direct phone, mobile, mobile phone, cell, cell phone, contact phone, direct dial, work phone, person phone, mobil, handy, mobilnummer, telephone portable, portable, movil, celular, cellulare, mobiel, telemovel"),
    _field("notes", "Notes", "notes, note, comments, comment, remarks, memo, notizen, notiz, bemerkung, bemerkungen, anmerkung, anmerkungen, kommentar, remarques, commentaires, notas, comentarios, observaciones, commenti, opmerkingen, observacoes"),
)  # fmt: skip  # noqa: E501

BY_NAME = {field.name: field for field in FIELDS}
# The file says nothing about which company a row means unless one of these is mapped.
IDENTIFYING = frozenset({"name", "domain", "email", "person_email"})
IGNORED = ""
REASON_HEADER = "assay_reason"
