// Why a place does not admit a patient, in words; decisions and answers of older servers do not say.
import type { Option } from '../api/wire';
import { t, word } from '../i18n';

export function refusalOf(option: Option): string {
  return option.refusal ? word('console:refusal', option.refusal) : t('console:option.closed');
}
